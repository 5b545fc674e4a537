using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers.Tests;

/// <summary>A store in a temporary folder, and what a test needs to bring blobs into it.</summary>
internal sealed class TransferBench : IDisposable
{
    /// <summary>Impatient, so that failures come soon.</summary>
    public static readonly TransferSettings Quick = new()
    {
        Attempts = 3,
        FirstDelay = TimeSpan.FromMilliseconds(1),
        LongestDelay = TimeSpan.FromMilliseconds(5),
    };

    private readonly string _root = Directory.CreateTempSubdirectory("bootdepot-transfers-").FullName;

    public TransferBench()
    {
        Store = new FileBlobStore(Root, TimeProvider.System);
    }

    public string Root => Path.Combine(_root, "blobs");

    public FileBlobStore Store { get; }

    public ConcurrentQueue<TransferProgress> Progress { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static byte[] Bytes(int size, int seed = 1)
    {
        var bytes = new byte[size];
#pragma warning disable CA5394 // the same bytes every time are wanted
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }

    public static Digest DigestOf(byte[] bytes) => Digest.FromHash(SHA256.HashData(bytes));

    public static BlobRequest Request(byte[] bytes, params Uri[] urls) => new(DigestOf(bytes), bytes.Length, urls, "image");

    public async Task<BlobOutcome> FetchAsync(
        BlobRequest request, HttpSettings? http = null, TransferSettings? settings = null, IBlobStore? store = null)
    {
        using var sender = new HttpSender(http ?? new HttpSettings(), TimeProvider.System);
        using var pool = new TransferPool(sender, store ?? Store, settings ?? Quick, Progress.Enqueue);
        return await pool.FetchAsync(request, Cancel);
    }

    /// <summary>Fetches, and looks whether the store now has exactly these bytes.</summary>
    public async Task<BlobOutcome.Stored> FetchWholeAsync(byte[] bytes, HttpSettings? http, params Uri[] urls)
    {
        var outcome = (await FetchAsync(Request(bytes, urls), http)).ShouldBeOfType<BlobOutcome.Stored>();
        (await File.ReadAllBytesAsync(Store.PathOf(DigestOf(bytes)), Cancel)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await Store.ListPartialsAsync(Cancel).CountAsync(Cancel)).ShouldBe(0);
        return outcome;
    }

    /// <summary>Fetches what cannot be had, and looks that nothing became visible.</summary>
    public async Task<BlobOutcome.Failed> FailAsync(BlobRequest request, HttpSettings? http = null, TransferSettings? settings = null)
    {
        var failed = (await FetchAsync(request, http, settings)).ShouldBeOfType<BlobOutcome.Failed>();
        (await Store.ListAsync(Cancel).CountAsync(Cancel)).ShouldBe(0);
        return failed;
    }

    public async Task LeavePartialAsync(Digest digest, ReadOnlyMemory<byte> bytes, long size)
    {
        await using var writer = await Store.WriteAsync(PartialName.Of(digest), size, Cancel);
        await writer.AppendAsync(bytes, Cancel);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
