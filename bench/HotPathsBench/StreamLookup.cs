using System;
using System.Threading;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Testing;

namespace BootDepot.HotPathsBench;

/// <summary>From the path of a request to the blob that it names, as the published stream does it.</summary>
public class StreamLookup
{
    private readonly TempFolder _folder = new();
    private FileBlobStore _blobs = null!;
    private string _path = "";

    [GlobalSetup]
    public async Task MakeAsync()
    {
        _blobs = new FileBlobStore(_folder["blobs"], TimeProvider.System);
        await using var writer = await _blobs.WriteAsync(PartialName.OfUpload("bench"), null, CancellationToken.None);
        await writer.AppendAsync(new byte[1000], CancellationToken.None);
        var stored = (BlobCommit.Stored)await writer.CommitAsync(null, CancellationToken.None);
        _path = $"sha256/{stored.Blob.Digest}/squashfs";
        if (await Blob_found() != 1000)
            throw new InvalidOperationException("The blob is not found.");
    }

    [GlobalCleanup]
    public void Remove() => _folder.Dispose();

    [Benchmark]
    public async Task<long?> Blob_found() =>
        _path.Split('/') is [_, var hex, var name] && SafeName.IsSafe(name) && Digest.TryParse(hex, out var digest)
            ? await _blobs.SizeOrNullAsync(digest, CancellationToken.None)
            : null;

    [Benchmark]
    public bool Path_of_an_item_read() => StreamPath.TryParse("noble/amd64/20260309/ga-24.04/generic/boot-kernel", out _);
}
