using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Amazon.S3;
using Amazon.S3.Model;
using BootDepot.Images;
using BootDepot.Testing;

namespace BootDepot.Blobs.Tests;

/// <summary>The contract on Ceph's RADOS gateway.</summary>
public sealed class GatewayBlobStoreTests : S3BlobStoreTests
{
    private const int Part = 5 << 20;

    private protected override Task<S3Server> ServerAsync() => S3Server.GatewayAsync();

    [Fact]
    public async Task A_part_that_the_server_never_got_takes_what_followed_it_along()
    {
        var server = await S3Server.StartGatewayAsync();
        using var locks = new TempFolder();
        await server.MakeBucketAsync("away");
        var bytes = SampleBytes.Make((4 * Part) + 5);
        var digest = SampleBytes.DigestOf(bytes);
        await using (var store = new S3Place(server.Endpoint, server.AccessKey, server.SecretKey, "away", "", locks.Path, Part).Open())
        {
            // An upload: what was flushed was answered.
            await using (var upload = await store.WriteAsync(PartialName.OfUpload("1"), bytes.Length, Cancel))
            {
                await upload.AppendAsync(bytes.AsMemory(0, Part + 1), Cancel);
                await upload.FlushAsync(Cancel);
                await server.PauseAsync();
                await Should.ThrowAsync<BlobsUnreachableException>(() => upload.AppendAsync(bytes.AsMemory(Part + 1, 3 * Part), Cancel).AsTask());
                await server.ResumeAsync();
                await upload.TruncateAsync(Part + 1, Cancel);
                upload.Offset.ShouldBe(Part + 1);
                await upload.AppendAsync(bytes.AsMemory(Part + 1), Cancel);
                (await upload.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
            }

            // A transfer, whose writer is given up: what was kept before is gone on with.
            await store.DeleteAsync(digest, Cancel);
            await using (var transfer = await store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel))
            {
                await transfer.AppendAsync(bytes.AsMemory(0, (2 * Part) + 1), Cancel);
                await server.PauseAsync();
                await Should.ThrowAsync<BlobsUnreachableException>(() => transfer.AppendAsync(bytes.AsMemory((2 * Part) + 1), Cancel).AsTask());
                await server.ResumeAsync();
            }

            await using var last = await store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
            await last.AppendAsync(bytes.AsMemory((int)last.Offset), Cancel);
            (await last.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        }

        await server.StopAsync();
    }
}

/// <summary>The contract on OpenStack Swift's S3 API.</summary>
public sealed class SwiftBlobStoreTests : S3BlobStoreTests
{
    private protected override Task<S3Server> ServerAsync() => S3Server.SwiftAsync();
}

/// <summary>The contract on S3, and what is special about it.</summary>
public abstract class S3BlobStoreTests : BlobStoreContract
{
    private const int Part = 5 << 20;

    private readonly string _locks = Directory.CreateTempSubdirectory("bootdepot-locks-").FullName;
    private readonly string _prefix = $"t-{Guid.NewGuid():N}/";
    private S3Place _place = null!;
    private AmazonS3Client _client = null!;

    // What it guards against showed once in some hundred reads on a busy machine; a longer look is for who changes how objects are read.
    private static readonly TimeSpan CrowdTime = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_S3_CROWD_SECONDS") ?? "5", CultureInfo.InvariantCulture));

    // The gateway of the tests keeps its data in memory.
    private protected override long HugeSize => 128L << 20;

    private protected override string Backend => "s3";

    private protected override string Place => _place.ToString();

    private protected abstract Task<S3Server> ServerAsync();

    public override async ValueTask InitializeAsync()
    {
        var server = await ServerAsync();
        _place = new S3Place(server.Endpoint, server.AccessKey, server.SecretKey, "blobs", _prefix, _locks, Part);
        _client = server.OpenClient();
        try
        {
            await _client.PutBucketAsync("blobs", Cancel);
        }
        catch (BucketAlreadyOwnedByYouException)
        {
            // By a test before this one; some servers say so, others do not.
        }

        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            _client.Dispose();
            Directory.Delete(_locks, recursive: true);
            GC.SuppressFinalize(this);
        }
    }

    [Fact]
    public async Task Parts_are_uploaded_as_they_fill_and_another_process_goes_on_behind_them()
    {
        var bytes = SampleBytes.Make((3 * Part) + 12345);
        var digest = SampleBytes.DigestOf(bytes);
        var name = PartialName.Of(digest);
        foreach (var end in new[] { Part - 1, Part + 100, (2 * Part) + 7, bytes.Length })
        {
            await using var writer = await (await OpenAsync()).WriteAsync(name, bytes.Length, Cancel);
            await writer.AppendAsync(bytes.AsMemory((int)writer.Offset, end - (int)writer.Offset), Cancel);
        }

        (await PartialsAsync()).Single().Received.ShouldBe(bytes.Length);
        await using var last = await Store.WriteAsync(name, bytes.Length, Cancel);
        last.Offset.ShouldBe(bytes.Length);
        (await last.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>().Blob.Size.ShouldBe(bytes.Length);
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
        (await ReadAsync(digest, (2 * Part) - 3)).ShouldBe(bytes[((2 * Part) - 3)..]);
    }

    [Fact]
    public async Task A_large_upload_whose_digest_is_known_at_the_end_only_is_put_together_elsewhere_and_copied()
    {
        var bytes = SampleBytes.Make((2 * Part) + 99);
        await using var writer = await Store.WriteAsync(PartialName.OfUpload("77"), null, Cancel);
        await writer.AppendAsync(bytes, Cancel);
        (await writer.CommitAsync(null, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        (await ReadAsync(SampleBytes.DigestOf(bytes), 0)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Going_back_to_the_beginning_of_a_request_is_exact_although_parts_were_uploaded_since()
    {
        var bytes = SampleBytes.Make((3 * Part) + 5);
        var digest = SampleBytes.DigestOf(bytes);
        await using (var first = await Store.WriteAsync(PartialName.OfUpload("9"), bytes.Length, Cancel))
            await first.AppendAsync(bytes.AsMemory(0, Part + 777), Cancel);

        await using var writer = await Store.WriteAsync(PartialName.OfUpload("9"), bytes.Length, Cancel);
        await writer.AppendAsync(SampleBytes.Make((2 * Part) - 777, seed: 5), Cancel);
        await writer.TruncateAsync(Part + 777, Cancel);
        writer.Offset.ShouldBe(Part + 777);
        await writer.AppendAsync(bytes.AsMemory(Part + 777), Cancel);
        (await writer.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Many_who_jump_about_and_give_up_disturb_nobody()
    {
        var blobs = new List<(Digest Digest, byte[] Bytes)>();
        foreach (var size in new[] { 4_000, 60_000, 300_000, 900_000, 3_000_000 })
        {
            var bytes = SampleBytes.Make(size, seed: size);
            await using var writer = await Store.WriteAsync(PartialName.Of(SampleBytes.DigestOf(bytes)), size, Cancel);
            await writer.AppendAsync(bytes, Cancel);
            await writer.CommitAsync(SampleBytes.DigestOf(bytes), Cancel);
            blobs.Add((SampleBytes.DigestOf(bytes), bytes));
        }

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(reader => Task.Run(async () =>
        {
            var random = new Random(reader);
            var buffer = new byte[80_000];
            while (clock.Elapsed < CrowdTime)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                if (random.Next(4) == 0)
                    patience.CancelAfter(random.Next(1, 60));
                var (digest, bytes) = blobs[random.Next(blobs.Count)];
                try
                {
                    await using var stream = (await Store.OpenOrNullAsync(digest, 0, patience.Token)).ShouldNotBeNull();
                    for (var look = 0; look < 8; look++)
                    {
                        stream.Position = random.Next(bytes.Length - 600);
                        // A few bytes, or all from there on.
                        var end = random.Next(4) == 0 ? bytes.Length : stream.Position + 512;
                        while (stream.Position < end)
                        {
                            var at = (int)stream.Position;
                            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - at)), patience.Token);
                            read.ShouldBePositive();
                            buffer.AsSpan(0, read).SequenceEqual(bytes.AsSpan(at, read)).ShouldBeTrue();
                        }
                    }
                }
                catch (OperationCanceledException) when (patience.IsCancellationRequested && !Cancel.IsCancellationRequested)
                {
                    // It gave up.
                }
            }
        })));
    }

    [Fact]
    public async Task What_is_not_in_a_part_yet_is_kept_in_pieces_as_it_comes()
    {
        const int Third = 400_000;
        var bytes = SampleBytes.Make(3 * Third, seed: 6);
        var digest = SampleBytes.DigestOf(bytes);
        var name = PartialName.Of(digest);
        await using (var writer = await Store.WriteAsync(name, bytes.Length, Cancel))
        {
            for (var third = 0; third < 3; third++)
            {
                await writer.AppendAsync(bytes.AsMemory(third * Third, Third), Cancel);
                await writer.FlushAsync(Cancel);
            }
        }

        (await SizesAsync(name)).ShouldBe([Third, Third, Third]);
        // A piece that is lost costs what follows it, no more.
        await _client.DeleteObjectAsync("blobs", $"{_prefix}partial/{name}/2", Cancel);
        await using (var writer = await Store.WriteAsync(name, bytes.Length, Cancel))
        {
            writer.Offset.ShouldBe(2 * Third);
            // Another end takes the place of what is cut off.
            await writer.TruncateAsync(Third + 5, Cancel);
            await writer.AppendAsync(bytes.AsMemory(Third + 5, Third), Cancel);
            await writer.FlushAsync(Cancel);
        }

        await using (var writer = await Store.WriteAsync(name, bytes.Length, Cancel))
        {
            writer.Offset.ShouldBe((2 * Third) + 5);
            await writer.AppendAsync(bytes.AsMemory((2 * Third) + 5), Cancel);
            (await writer.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        }

        (await ReadAsync(digest, 0)).ShouldBe(bytes);
        (await LeftOversAsync()).ShouldBe([_prefix + "sha256/" + digest.Hex[..2] + "/" + digest.Hex]);
    }

    [Fact]
    public async Task Pieces_of_a_process_that_was_killed_count_as_a_partial_and_are_removed_as_one()
    {
        var name = PartialName.Parse("orphan");
        await WriteAsync(name, [1], piece: 7);
        (await Store.ListPartialsAsync(Cancel).ToListAsync(Cancel)).Select(p => (p.Name, p.Received)).ShouldBe([(name, 0L)]);
        await Store.DiscardPartialAsync(name, Cancel);
        (await LeftOversAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_secret_and_a_server_that_is_away_are_told_in_words()
    {
        await using var stranger = (_place with { SecretKey = "wrong" }).Open();
        var refused = await Should.ThrowAsync<BlobsUnreachableException>(() => stranger.WriteAsync(PartialName.Parse("x"), 1, Cancel));
        refused.Message.ShouldContain("bucket blobs at http://127.0.0.1");
        refused.Code.ShouldBe(BlobsUnreachableException.Refused);
        await using var nowhere = (_place with { Bucket = "no-such-bucket" }).Open();
        var missing = await Should.ThrowAsync<BlobsUnreachableException>(() => nowhere.ListAsync(Cancel).ToListAsync(Cancel).AsTask());
        missing.Message.ShouldContain("NoSuchBucket");
        missing.Code.ShouldBe(BlobsUnreachableException.Refused);
        await using var away = (_place with { Endpoint = new Uri("http://127.0.0.1:1/") }).Open();
        (await Should.ThrowAsync<BlobsUnreachableException>(() => away.SizeOrNullAsync(SampleBytes.DigestOf([1]), Cancel))).Code.ShouldBe(BlobsUnreachableException.Away);
    }

    private protected override Task<IBlobStore> OpenAsync() => Task.FromResult<IBlobStore>(_place.Open());

    private protected override async Task<IReadOnlyList<string>> LeftOversAsync()
    {
        var objects = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "blobs", Prefix = _prefix }, Cancel);
        var uploads = await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = "blobs", Prefix = _prefix }, Cancel);
        return [.. (objects.S3Objects ?? []).Select(o => o.Key), .. (uploads.MultipartUploads ?? []).Select(u => "upload to " + u.Key)];
    }

    private protected override async Task FlipBitAsync(PartialName name, long offset)
    {
        var content = await ReadAsync(name);
        content[offset] ^= 1;
        await WriteAsync(name, content);
    }

    private protected override async Task ShortenAsync(PartialName name, long length) => await WriteAsync(name, (await ReadAsync(name))[..(int)length]);

    private async Task<long[]> SizesAsync(PartialName name)
    {
        var pieces = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "blobs", Prefix = $"{_prefix}partial/{name}/" }, Cancel);
        return [.. pieces.S3Objects.Select(p => p.Size ?? 0)];
    }

    // What the tests damage is long enough to be in pieces.
    private async Task<byte[]> ReadAsync(PartialName name)
    {
        using var response = await _client.GetObjectAsync("blobs", $"{_prefix}partial/{name}/0", Cancel);
        using var copy = new MemoryStream();
        await response.ResponseStream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    private Task<PutObjectResponse> WriteAsync(PartialName name, byte[] content, int piece = 0) => _client.PutObjectAsync(
        new PutObjectRequest { BucketName = "blobs", Key = $"{_prefix}partial/{name}/{piece}", InputStream = new MemoryStream(content), UseChunkEncoding = false },
        Cancel);
}
