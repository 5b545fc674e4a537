using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Payloads;

/// <summary>
/// Brings blobs into a store, several at once. Ask for all that are wanted at once and await each: a transfer's failure
/// concerns nobody else, groups take turns, and a blob that two ask for is fetched once. Thread-safe.
/// </summary>
public sealed class TransferPool : IDisposable
{
    private readonly HttpSender _http;
    private readonly IBlobStore _store;
    private readonly TransferSettings _settings;
    private readonly Action<TransferProgress>? _report;
    private readonly TransferGates _gates;
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, Running> _running = [];

    /// <summary>Makes a pool; nothing runs yet.</summary>
    /// <param name="http">What sends the requests.</param>
    /// <param name="store">Where the blobs go.</param>
    /// <param name="settings">How hard to try.</param>
    /// <param name="report">
    /// Told what each transfer does: on a change of phase, and as bytes come, which is often. Called on the transfer's own
    /// path, several at once; must return quickly and not throw.
    /// </param>
    public TransferPool(HttpSender http, IBlobStore store, TransferSettings settings, Action<TransferProgress>? report = null)
    {
        (_http, _store, _settings, _report) = (http, store, settings, report);
        _gates = new TransferGates(settings);
    }

    /// <summary>Bytes received so far by all transfers of the pool.</summary>
    public long BytesFetched => _gates.Fetched;

    /// <summary>Brings one blob into the store, or finds it there.</summary>
    /// <param name="request">Which, and where from. A request for a blob that is on its way joins that transfer.</param>
    /// <param name="cancel">
    /// Ends the wait; and the transfer, when nobody else waits for it. What was received stays for the next time.
    /// </param>
    /// <exception cref="OperationCanceledException">It was cancelled. Everything else is an outcome.</exception>
    public async Task<BlobOutcome> FetchAsync(BlobRequest request, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Running running;
        lock (_lock)
        {
            if (_running.TryGetValue(request.Digest, out var there))
            {
                running = there;
            }
            else
            {
                running = new Running();
                _running[request.Digest] = running;
                running.Outcome = Task.Run(() => RunAsync(request, running), CancellationToken.None);
            }

            running.Waiting++;
        }

        try
        {
            return await running.Outcome.WaitAsync(cancel);
        }
        finally
        {
            if (Leave(request.Digest, running))
            {
                await running.Stop.CancelAsync();
                // The partial is free again only when the transfer has let go of it.
                await ((Task)running.Outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                running.Stop.Dispose();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gates.Dispose();

    private async Task<BlobOutcome> RunAsync(BlobRequest request, Running running)
    {
        try
        {
            _report?.Invoke(new TransferProgress(request, TransferPhase.Queued, 0));
            return await new BlobTransfer(request, _http, _store, _settings, _gates, _report).RunAsync(running.Stop.Token);
        }
        finally
        {
            Forget(request.Digest, running);
        }
    }

    /// <summary>True for the last one who waited; from then on nobody can join.</summary>
    private bool Leave(Digest digest, Running running)
    {
        lock (_lock)
        {
            if (--running.Waiting > 0)
                return false;
            Forget(digest, running);
            return true;
        }
    }

    private void Forget(Digest digest, Running running)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(digest, out var current) && current == running)
                _running.Remove(digest);
        }
    }

    private sealed class Running
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task<BlobOutcome> Outcome { get; set; } = null!;

        public int Waiting { get; set; }
    }
}
