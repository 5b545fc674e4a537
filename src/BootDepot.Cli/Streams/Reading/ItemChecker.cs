using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Cli.Streams.Reading;

/// <summary>Fetches items one by one, only to see that their bytes are what the stream says; none is kept.</summary>
internal sealed class ItemChecker : IDisposable
{
    private readonly StreamSource _stream;
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("bootdepot-verify-");
    private readonly FileBlobStore _store;
    private readonly TransferPool _pool;

    public ItemChecker(StreamSource stream, TimeProvider time)
    {
        _stream = stream;
        _store = new FileBlobStore(_scratch.FullName, time);
        _pool = new TransferPool(stream.Http, _store, stream.Settings);
    }

    /// <summary>What is wrong with the item; null when it is good, or a pure fact without bytes.</summary>
    public async Task<Fault?> FaultOrNullAsync(FlatItem item, CancellationToken cancel)
    {
        try
        {
            if (item.GetPathOrNull() is not { } path)
                return null;
            if (item.GetSha256OrNull() is not { } sha256 || item.GetSizeOrNull() is not { } size)
                return new Fault(StreamErrors.ItemMalformed, $"{path} has no sha256 or no size, so it cannot be verified.");
            var digest = Digest.Parse(sha256);
            var url = UrlSecrets.With(_stream.Location.UrlOf(path), _stream.Location.UserInfo);
            var outcome = await _pool.FetchAsync(new BlobRequest(digest, size, [url], path.Value), cancel);
            await _store.DeleteAsync(digest, cancel);
            return outcome is BlobOutcome.Failed failed ? failed.Fault : null;
        }
        catch (StreamException e)
        {
            return new Fault(e.Code, e.Message);
        }
    }

    public void Dispose()
    {
        _pool.Dispose();
        _scratch.Delete(recursive: true);
    }
}
