using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Transfers;
using BootDepot.Transfers.Bundles;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Cli.Bundles;

/// <summary>
/// Writes a bundle. A few blobs at a time are fetched, verified, into a work folder beside it (<c>FILE.work</c>), written behind each other,
/// and removed from there: a run that is broken off goes on at the byte, of the bundle and of the network.
/// </summary>
internal sealed class BundleExport(CommandHost host, StreamSource stream, BundleDraft draft, string file, long? partSize)
{
    private const int Ahead = 4;

    /// <returns>Bytes that came over the network, and the number of files of the bundle.</returns>
    public async Task<(long Fetched, int Files)> RunAsync(CancellationToken cancel)
    {
        var work = file + ".work";
        Directory.CreateDirectory(work);
        var store = new FileBlobStore(work, host.Time);
        long fetched;
        await using (var writer = await BundleWriter.OpenAsync(file, partSize, draft, cancel))
        {
            if (writer.IsBegunAnew)
                await host.Error.WriteLineAsync($"{file} was begun for something else (the stream, the choice or the key changed since); it is begun anew.");
            await CheckSpaceAsync(store, writer.Position, cancel);
            await writer.WriteHeadAsync(cancel);
            using var pool = new TransferPool(stream.Http, store, new TransferSettings { Parallel = Ahead });
            await WriteBlobsAsync(writer, store, pool, cancel);
            await writer.FinishAsync(cancel);
            fetched = pool.BytesFetched;
        }

        Directory.Delete(work, recursive: true);
        return (fetched, partSize is { } size ? (int)((draft.Layout.Size + size - 1) / size) : 1);
    }

    private async Task WriteBlobsAsync(BundleWriter writer, FileBlobStore store, TransferPool pool, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var coming = new Queue<(BundleEntry Entry, Task<BlobOutcome> Fetch)>();
        var line = new CopyLine(host);
        try
        {
            foreach (var entry in draft.Blobs.Where(e => e.HeaderOffset >= writer.Position))
            {
                coming.Enqueue((entry, FetchAsync(pool, entry, stop.Token)));
                if (coming.Count == Ahead)
                    await WriteNextAsync();
            }

            while (coming.Count > 0)
                await WriteNextAsync();
            line.End();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(coming.Select(c => (Task)c.Fetch)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WriteNextAsync()
        {
            var (entry, fetch) = coming.Peek();
            if (await fetch is BlobOutcome.Failed failed)
                throw new CommandFailure(new Fault(failed.Fault.Code, $"{failed.Fault.Message} Export again to go on from here."));
            await using (var content = await store.OpenOrNullAsync(entry.Digest, 0, cancel) ?? throw new IOException($"{entry.Digest} was taken away from the work folder."))
                await writer.WriteAsync(entry, content, cancel);
            await store.DeleteAsync(entry.Digest, cancel);
            coming.Dequeue();
            line.Show(writer.Position, draft.Layout.Size);
        }
    }

    private Task<BlobOutcome> FetchAsync(TransferPool pool, BundleEntry entry, CancellationToken cancel)
    {
        var url = UrlSecrets.With(stream.Location.UrlOf(StreamPath.ParseItem(entry.Blob!.Path)), stream.Location.UserInfo);
        return pool.FetchAsync(new BlobRequest(entry.Digest, entry.Size, [url], entry.Name), cancel);
    }

    private async Task CheckSpaceAsync(FileBlobStore store, long there, CancellationToken cancel)
    {
        var needed = draft.Layout.Size - there + draft.Blobs.Select(b => b.Size).OrderDescending().Take(Ahead).Sum();
        if ((await store.MeasureAsync(cancel)).Free is { } free && free < needed)
        {
            throw new CommandFailure(new Fault(
                "store-full", $"The bundle needs {ByteSize.Text(needed)}, what is on its way included, but only {ByteSize.Text(free)} are free at {Path.GetDirectoryName(file)}. Free some, or choose less (--select, --lacking)."));
        }
    }
}
