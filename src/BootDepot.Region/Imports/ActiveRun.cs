using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;
using BootDepot.Region.Imports.Progress;

namespace BootDepot.Region.Imports;

/// <summary>The import that runs in this process.</summary>
internal sealed class ActiveRun(int runId, ProgressBoard board) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _joined;
    private bool _isOver;

    public int RunId => runId;

    public ProgressBoard Board => board;

    public CancellationToken Token => _stop.Token;

    public ImportState StopState { get; private set; } = ImportState.Stopped;

    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>False when the run has looked for the last time, so that a new one is needed.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_isOver || _stop.IsCancellationRequested)
                return false;
            return _joined = true;
        }
    }

    public bool TakeJoined()
    {
        lock (_gate)
        {
            _isOver |= !_joined;
            return Interlocked.Exchange(ref _joined, false);
        }
    }

    public async Task StopAsync(ImportState state)
    {
        lock (_gate)
        {
            if (_isOver && _stop.IsCancellationRequested)
                return;
            StopState = state;
        }

        await _stop.CancelAsync();
    }

    public void Dispose()
    {
        lock (_gate)
            _isOver = true;
    }
}
