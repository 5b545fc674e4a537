using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Rack.Replication;

/// <summary>
/// Files that are fetched when a machine asks for them. Whoever asks while a file is on its way is given it as it comes, so any
/// number of machines costs one transfer; what is on its way goes on although nobody waits any more.
/// </summary>
internal sealed class OnDemandFiles(
    FileBlobStore store, TransferPool pool, FileProgress progress, Action<BlobRequest, BlobOutcome> ended) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, Filling> _fillings = [];
    private readonly CancellationTokenSource _stop = new();
    private Func<Digest, BlobRequest?> _find = _ => null;
    private Func<long, CancellationToken, Task> _makeRoom = (_, _) => Task.CompletedTask;

    /// <summary>Says where files come from.</summary>
    /// <param name="find">The request for a file; null for one that may not be fetched on demand.</param>
    /// <param name="makeRoom">Makes room for so many bytes.</param>
    public void Use(Func<Digest, BlobRequest?> find, Func<long, CancellationToken, Task> makeRoom)
    {
        (_find, _makeRoom) = (find, makeRoom);
        progress.Moved = Moved;
    }

    /// <summary>Opens a file that is not held; null when it cannot be had here.</summary>
    public async Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        if (_find(digest) is not { } request || offset > request.Size)
            return null;
        Filling? filling;
        lock (_lock)
        {
            if (!_fillings.TryGetValue(digest, out filling))
            {
                filling = new Filling(request.Size);
                _fillings.Add(digest, filling);
                filling.Work = Task.Run(() => FillAsync(request, filling), CancellationToken.None);
            }
        }

        // Nothing is promised before it is known that the file can be had: a source that lacks it is answered with "missing".
        if (!await filling.BeginsAsync(cancel))
            return null;
        // While it comes it is a partial; once it is whole it is a blob. An open handle stays with it, whatever becomes of its name.
        var file = store.OpenPartialOrNull(PartialName.Of(digest)) ?? await store.OpenOrNullAsync(digest, 0, cancel) as FileStream;
        return file is null ? null : new FillingStream(file, digest, filling, offset);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        List<Task> work;
        lock (_lock)
            work = [.. Works()];
        await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        progress.Moved = null;
        _stop.Dispose();
    }

    private IEnumerable<Task> Works()
    {
        foreach (var filling in _fillings.Values)
            yield return filling.Work;
    }

    private void Moved(TransferProgress moved)
    {
        Filling? filling;
        lock (_lock)
            _fillings.TryGetValue(moved.Request.Digest, out filling);
        if (moved.Phase != TransferPhase.Queued)
            filling?.Reached(moved.Received);
    }

    private async Task FillAsync(BlobRequest request, Filling filling)
    {
        var fault = new Fault("rack-stopping", "The rack stops.");
        try
        {
            await _makeRoom(request.Size, _stop.Token);
            var outcome = await pool.FetchAsync(request, _stop.Token);
            ended(request, outcome);
            if (outcome is BlobOutcome.Stored)
                filling.Complete();
            fault = (outcome as BlobOutcome.Failed)?.Fault ?? fault;
        }
        catch (OperationCanceledException)
        {
            // What was received stays for the next time.
        }
        finally
        {
            lock (_lock)
                _fillings.Remove(request.Digest);
            filling.Fail(fault); // without effect on a complete one
        }
    }
}
