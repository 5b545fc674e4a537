using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>Counts what goes on, so that neither one client nor all of them take more than they may.</summary>
internal sealed class Admission(TftpOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _all;
    private TaskCompletionSource? _empty;

    /// <summary>Waits until all that were let in have left.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
            return _all == 0 ? Task.CompletedTask : (_empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Lets one more in; null, or why not.</summary>
    public string? EnterOrRefuse(IPAddress client)
    {
        lock (_gate)
        {
            if (_all >= options.MaxTransfers)
                return $"The server is busy with {_all} transfers; try again";
            var own = _byAddress.GetValueOrDefault(client);
            if (own >= options.MaxTransfersPerAddress)
                return $"Your address has {own} transfers already; try again";
            _byAddress[client] = own + 1;
            _all++;
            return null;
        }
    }

    /// <summary>One that was let in has left.</summary>
    public void Leave(IPAddress client)
    {
        lock (_gate)
        {
            if (--_all == 0)
                _empty?.TrySetResult();
            if (--_byAddress[client] == 0)
                _byAddress.Remove(client);
        }
    }
}
