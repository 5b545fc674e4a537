using System;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Region.Tests.Uploads;

namespace BootDepot.Region.Tests.Guards;

/// <summary>
/// What the paths that move bytes allocate, the client of the test included: something for each request, next to nothing for each byte.
/// Bounds are several times what was seen, so that they fail when something is allocated for each piece, not when the runtime changes.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AllocationGuardTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;
    private static readonly byte[] Piece = new byte[MiB];

    [Fact]
    public async Task A_download_allocates_no_more_for_64_MiB_than_for_one()
    {
        await using var region = await RegionFixture.StartAsync();
        var small = await StoreAsync(region.Get<IBlobStore>(), 1);
        var large = await StoreAsync(region.Get<IBlobStore>(), 64);
        var buffer = new byte[MiB];
        async Task GetAsync(Digest digest, int length)
        {
            using var response = await region.Http.GetAsync($"/MAAS/images-stream/sha256/{digest}/squashfs", HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            var got = 0;
            for (int read; (read = await body.ReadAsync(buffer)) > 0;)
                got += read;
            got.ShouldBe(length);
        }

        var one = await LeastAsync("download of 1 MiB", () => GetAsync(small, MiB));
        var many = await LeastAsync("download of 64 MiB", () => GetAsync(large, 64 * MiB));
        one.ShouldBeLessThan(100_000);
        (many - one).ShouldBeLessThan(MiB, "bytes allocated for 63 MiB more");
    }

    [Fact]
    public async Task A_small_request_allocates_little()
    {
        await using var region = await RegionFixture.StartAsync();
        var digest = await StoreAsync(region.Get<IBlobStore>(), 0);
        async Task ManyAsync(Func<Task<Reply>> ask)
        {
            for (var n = 0; n < 100; n++)
                (await ask()).Status.ShouldBe(200);
        }

        var download = await LeastAsync("100 downloads of nothing", () => ManyAsync(() => region.SendAsync("GET", $"/MAAS/images-stream/sha256/{digest}/squashfs")));
        download.ShouldBeLessThan(100 * 30_000L);
        var whoami = await LeastAsync("100 times whoami", () => ManyAsync(() => region.AdminAsync("GET", "users/?op=whoami")));
        whoami.ShouldBeLessThan(100 * 150_000L);
    }

    [Fact]
    public async Task Chunks_allocate_no_more_for_4_MiB_than_for_64_KiB()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        async Task<long> ChunksAsync(string name, int size)
        {
            const int Chunks = 16;
            var bytes = Seed.Bytes(Chunks * size, size);
            var uri = UploadClient.UriOrNull(await client.BeginAsync(name, bytes))!;
            var at = 0;
            async Task NextAsync()
            {
                (await client.PutAsync(uri, bytes.AsSpan(at, size).ToArray())).Status.ShouldBe(200);
                at += size;
            }

            // The body itself is the client's.
            return await LeastAsync($"chunk of {size} bytes", NextAsync, rounds: Chunks - 1) - size;
        }

        var small = await ChunksAsync("custom/small", 64 << 10);
        var large = await ChunksAsync("custom/large", 4 * MiB);
        small.ShouldBeLessThan(200_000);
        (large - small).ShouldBeLessThan(300_000, "bytes allocated for 4 MiB more");
    }

    [Fact]
    public async Task Writing_and_hashing_a_blob_allocates_no_more_for_64_MiB_than_for_one()
    {
        await using var region = await RegionFixture.StartAsync();
        var blobs = region.Get<IBlobStore>();
        var one = await LeastAsync("blob of 1 MiB", () => StoreAsync(blobs, 1));
        var many = await LeastAsync("blob of 64 MiB", () => StoreAsync(blobs, 64));
        one.ShouldBeLessThan(100_000);
        (many - one).ShouldBeLessThan(500_000, "bytes allocated for 63 MiB more");
    }

    /// <summary>Stores that many MiB (0: one byte), which differ each time.</summary>
    private static async Task<Digest> StoreAsync(IBlobStore blobs, int mib)
    {
        await using var writer = await blobs.WriteAsync(PartialName.OfUpload(Guid.NewGuid().ToString("N")), null, CancellationToken.None);
        RandomNumberGenerator.Fill(Piece.AsSpan(0, 16));
        for (var n = 0; n < mib; n++)
            await writer.AppendAsync(Piece, CancellationToken.None);
        if (mib == 0)
            await writer.AppendAsync(Piece.AsMemory(0, 1), CancellationToken.None);
        return ((BlobCommit.Stored)await writer.CommitAsync(null, CancellationToken.None)).Blob.Digest;
    }

    /// <summary>The least of several rounds, the first ones warm up: the region also works by itself now and then.</summary>
    private async Task<long> LeastAsync(string what, Func<Task> act, int rounds = 8)
    {
        var least = long.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await act();
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (round > 1)
                least = Math.Min(least, allocated);
        }

        output.WriteLine($"{least:N0} bytes allocated: {what}");
        return least;
    }
}
