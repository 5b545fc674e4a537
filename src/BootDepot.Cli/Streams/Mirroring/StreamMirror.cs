using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Building;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Transfers;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Cli.Streams.Mirroring;

/// <summary>
/// Copies a stream into a folder:
/// <code>
/// FOLDER/PATH                 payload under the publisher's path: a hard link to its blob
/// FOLDER/streams/v1/…         the publisher's documents, byte for byte
/// FOLDER/.bootdepot/          blobs (complete and partial) and the ledger; web servers do not serve it
/// </code>
/// Payloads come first, then product documents, then the index; superseded payloads go last. So the copy never names what
/// it lacks of the chosen part, and a run that is cut goes on where it stopped.
/// </summary>
internal sealed class StreamMirror : IDisposable
{
    private readonly StreamSource _stream;
    private readonly StreamFolder _folder;
    private readonly MirrorOptions _options;
    private readonly FileBlobStore _store;
    private readonly TransferPool _pool;
    private readonly MirrorLedger _ledger;

    public StreamMirror(CommandHost host, StreamSource stream, string folder, MirrorOptions options)
    {
        _stream = stream;
        _folder = new StreamFolder(folder);
        _options = options;
        _store = new FileBlobStore(Path.Combine(folder, ".bootdepot", "blobs"), host.Time);
        _pool = new TransferPool(stream.Http, _store, new TransferSettings { Parallel = options.Parallel });
        _ledger = new MirrorLedger(_folder);
    }

    public async Task<MirrorResult> RunAsync(ReadStream stream, IReadOnlyList<FlatItem> items, CancellationToken cancel)
    {
        var faults = new List<Fault>();
        var wanted = Wanted(items, faults);
        var chosen = items.Select(i => (Item: i, Path: i["path"])).Where(i => i.Path is not null && wanted.ContainsKey(i.Path))
            .Select(i => new MirroredFile(i.Item.Document.ContentId, i.Item.Product.Name, i.Item.Version.Name, i.Path!, wanted[i.Path!].Digest.Hex))
            .ToList();
        var (stay, go) = MirrorLedger.Supersede(await _ledger.ReadAsync(cancel), chosen, _options.Newest is not null);
        var missing = wanted.Values.Where(w => !IsThere(w)).ToList();
        var size = wanted.Values.Sum(w => w.Size);
        if (_options.DryRun)
            return new MirrorResult(wanted.Count, size, missing.Count, missing.DistinctBy(m => m.Digest).Sum(m => m.Size), go.Count, faults);

        await CheckSpaceAsync(missing, cancel);
        faults.AddRange((await Task.WhenAll(missing.Select(m => FetchAsync(m, cancel)))).OfType<Fault>());
        if (faults.Count > 0)
            return new MirrorResult(wanted.Count, size, missing.Count, _pool.BytesFetched, 0, faults);
        await PublishAsync(stream, cancel);
        await _ledger.WriteAsync(stay, cancel);
        await RemoveAsync(go, stay, cancel);
        return new MirrorResult(wanted.Count, size, missing.Count, _pool.BytesFetched, go.Count, faults);
    }

    public void Dispose() => _pool.Dispose();

    private sealed record WantedFile(StreamPath Path, Digest Digest, long Size, string Group);

    private static Dictionary<string, WantedFile> Wanted(IReadOnlyList<FlatItem> items, List<Fault> faults)
    {
        var wanted = new Dictionary<string, WantedFile>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            try
            {
                if (item.GetPathOrNull() is not { } path)
                    continue; // a fact without bytes
                if (item.GetSha256OrNull() is not { } sha256 || item.GetSizeOrNull() is not { } size)
                    throw new StreamException(StreamErrors.ItemMalformed, $"{path} has no sha256 or no size, so it cannot be verified.");
                var file = new WantedFile(path, Digest.Parse(sha256), size, item.Product.Name + item.Version.Name);
                if (!wanted.TryAdd(path.Value, file) && wanted[path.Value].Digest != file.Digest)
                    throw new StreamException(StreamErrors.ItemMalformed, $"{path} is named with two different digests; at most one can be right. Tell the publisher.");
            }
            catch (StreamException e)
            {
                faults.Add(new Fault(e.Code, e.Message));
            }
        }

        return wanted;
    }

    // What stands under its path was linked there after it was verified.
    private bool IsThere(WantedFile file) =>
        new FileInfo(_folder.PathOf(file.Path.Value)) is { Exists: true } there && there.Length == file.Size && File.Exists(_store.PathOf(file.Digest));

    private async Task CheckSpaceAsync(List<WantedFile> missing, CancellationToken cancel)
    {
        Directory.CreateDirectory(_folder.Root);
        var needed = missing.DistinctBy(m => m.Digest).Sum(m => m.Size);
        if ((await _store.MeasureAsync(cancel)).Free is { } free && free < needed)
        {
            throw new CommandFailure(new Fault(
                "store-full",
                $"{ByteSize.Text(needed)} are to be fetched, but only {ByteSize.Text(free)} are free at {_folder.Root}. Free some, or choose less (FILTER, --select, --max)."));
        }
    }

    private async Task<Fault?> FetchAsync(WantedFile file, CancellationToken cancel)
    {
        var url = UrlSecrets.With(_stream.Location.UrlOf(file.Path), _stream.Location.UserInfo);
        if (await _pool.FetchAsync(new BlobRequest(file.Digest, file.Size, [url], file.Group), cancel) is BlobOutcome.Failed failed)
            return failed.Fault;
        var target = _folder.PathOf(file.Path.Value);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = _folder.PathOf($".bootdepot/link-{Guid.NewGuid():N}");
        HardLink.Create(_store.PathOf(file.Digest), temporary);
        File.Move(temporary, target, overwrite: true);
        return null;
    }

    private async Task PublishAsync(ReadStream stream, CancellationToken cancel)
    {
        foreach (var document in stream.Documents)
            await WriteAsync(document.Path.Value, document.Fetched.Received, document.Fetched.DetachedSignature, cancel);
        await WriteAsync(_stream.Location.IndexPath.Value, stream.Index.Received, stream.Index.DetachedSignature, cancel);
    }

    private async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte>? signature, CancellationToken cancel)
    {
        if (signature is { } detached)
            await _folder.WriteAsync(path + ".gpg", detached.ToArray(), cancel);
        await _folder.WriteAsync(path, bytes.ToArray(), cancel);
    }

    private async Task RemoveAsync(IReadOnlyList<MirroredFile> go, IReadOnlyList<MirroredFile> stay, CancellationToken cancel)
    {
        var needed = stay.Select(f => f.Sha256).ToHashSet(StringComparer.Ordinal);
        foreach (var file in go)
        {
            // The ledger is our own, but a path is judged wherever it comes from.
            File.Delete(_folder.PathOf(StreamPath.ParseItem(file.Path).Value));
            if (!needed.Contains(file.Sha256))
                await _store.DeleteAsync(Digest.Parse(file.Sha256), cancel);
        }
    }
}
