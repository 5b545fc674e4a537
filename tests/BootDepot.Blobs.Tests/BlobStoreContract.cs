using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Blobs.Tests;

/// <summary>
/// What every backend promises. A backend derives from this class, says how to open, damage and inspect its storage, and
/// gets all tests; each test ends by deleting what it made and looking for left-overs.
/// </summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    private const int Piece = BlobPieces.Size;

    /// <summary>How the backend is named to <see cref="WriterProcess"/>.</summary>
    private protected abstract string Backend { get; }

    /// <summary>Where the storage of this test is, for <see cref="WriterProcess"/>.</summary>
    private protected abstract string Place { get; }

    /// <summary>Size of the largest blob that is stored.</summary>
    private protected virtual long HugeSize => 10L << 30;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected IBlobStore Store { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await foreach (var partial in Store.ListPartialsAsync(CancellationToken.None))
            await Store.DiscardPartialAsync(partial.Name, CancellationToken.None);
        await foreach (var blob in Store.ListAsync(CancellationToken.None))
            (await Store.DeleteAsync(blob.Digest, CancellationToken.None)).ShouldBeTrue();
        (await LeftOversAsync()).ShouldBeEmpty("a deleted blob or partial left something behind");
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the same storage anew, as a restarted process would.</summary>
    private protected abstract Task<IBlobStore> OpenAsync();

    /// <summary>What is in the storage that is neither the backend's empty skeleton nor somebody else's.</summary>
    private protected abstract Task<IReadOnlyList<string>> LeftOversAsync();

    /// <summary>Turns one bit of a partial's stored bytes.</summary>
    private protected abstract Task FlipBitAsync(PartialName name, long offset);

    /// <summary>Takes stored bytes away from a partial's end.</summary>
    private protected abstract Task ShortenAsync(PartialName name, long length);

    [Fact]
    public async Task A_blob_is_readable_only_after_its_commit()
    {
        var bytes = SampleBytes.Make(300_000);
        var digest = SampleBytes.DigestOf(bytes);
        await using var writer = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        await writer.AppendAsync(bytes, Cancel);

        (await Store.SizeOrNullAsync(digest, Cancel)).ShouldBeNull();
        (await Store.OpenOrNullAsync(digest, 0, Cancel)).ShouldBeNull();
        (await BlobsAsync()).ShouldBeEmpty();

        var stored = (await writer.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        stored.Blob.Size.ShouldBe(bytes.Length);
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
        (await PartialsAsync()).ShouldBeEmpty();
        (await BlobsAsync()).Single().Digest.ShouldBe(digest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData((5 * Piece) + 12345)]
    public async Task Bytes_of_any_size_come_back_as_they_were(int size)
    {
        var bytes = SampleBytes.Make(size);
        var digest = await StoreAsync(bytes);
        (await Store.SizeOrNullAsync(digest, Cancel)).ShouldBe(size);
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(4096)]
    [InlineData(40_000)]
    [InlineData(100_001)]
    public async Task Bytes_may_come_in_pieces_of_any_length(int piece)
    {
        var bytes = SampleBytes.Make(piece == 1 ? 2000 : (2 * Piece) + 77);
        var digest = SampleBytes.DigestOf(bytes);
        await using var writer = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        foreach (var part in bytes.Chunk(piece))
            await writer.AppendAsync(part, Cancel);
        (await writer.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Aligned_pieces_and_odd_ones_can_be_mixed()
    {
        var bytes = SampleBytes.Make(4 * Piece);
        var digest = SampleBytes.DigestOf(bytes);
        using var piece = BlobPieces.Rent();
        await using var writer = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        foreach (var length in new[] { Piece, 4096, 100, Piece, 3996, Piece / 2, Piece / 2, 70_000 })
        {
            bytes.AsMemory((int)writer.Offset, length).CopyTo(piece.Memory);
            await writer.AppendAsync(piece.Memory[..length], Cancel);
        }

        await writer.AppendAsync(bytes.AsMemory((int)writer.Offset), Cancel);
        (await writer.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_read_can_start_anywhere_up_to_the_end()
    {
        var bytes = SampleBytes.Make(10_000);
        var digest = await StoreAsync(bytes);
        foreach (var offset in new[] { 0, 1, 4096, 9999, 10_000 })
            (await ReadAsync(digest, offset)).ShouldBe(bytes[offset..]);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.OpenOrNullAsync(digest, 10_001, Cancel));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.OpenOrNullAsync(digest, -1, Cancel));
    }

    [Fact]
    public async Task A_stream_knows_its_length_and_seeks()
    {
        var bytes = SampleBytes.Make(10_000);
        var digest = await StoreAsync(bytes);
        await using var stream = (await Store.OpenOrNullAsync(digest, 500, Cancel))!;
        stream.Length.ShouldBe(10_000);
        stream.Position.ShouldBe(500);
        stream.Seek(-3, SeekOrigin.End);
        var tail = new byte[3];
        await stream.ReadExactlyAsync(tail, Cancel);
        tail.ShouldBe(bytes[^3..]);
    }

    [Fact]
    public async Task A_writer_that_stops_is_gone_on_with_after_a_restart()
    {
        var bytes = SampleBytes.Make((3 * Piece) + 5);
        var digest = SampleBytes.DigestOf(bytes);
        var cuts = new[] { 0, 1, 5000, Piece, (2 * Piece) + 999, bytes.Length };
        foreach (var cut in cuts)
        {
            var store = await OpenAsync();
            await using var writer = await store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
            writer.Offset.ShouldBe(cuts.Where(c => c < cut).DefaultIfEmpty(0).Max());
            await writer.AppendAsync(bytes.AsMemory((int)writer.Offset, cut - (int)writer.Offset), Cancel);
        }

        (await PartialsAsync()).Single().Received.ShouldBe(bytes.Length);
        await using var last = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        (await last.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Piece)]
    public async Task A_process_that_is_killed_loses_nothing_that_it_appended(int piece)
    {
        var size = 64L * Piece;
        var name = PartialName.Parse("killed");
        var seen = 0L;
        for (var kill = 1; kill <= 3; kill++)
        {
            using var process = WriterProcess.Start(Backend, Place, name, seed: 7, piece, size);
            seen = await process.WaitForAsync(seen + (3 * piece), Cancel);
            await process.KillAsync(Cancel);
        }

        await using var writer = await Store.WriteAsync(name, size, Cancel);
        writer.Offset.ShouldBeGreaterThanOrEqualTo(seen);
        await writer.TruncateAsync(Math.Min(writer.Offset, 2 * Piece), Cancel);
        var bytes = SampleBytes.Make(2 * Piece, seed: 7);
        await writer.AppendAsync(bytes.AsMemory((int)writer.Offset), Cancel);
        await writer.DisposeAsync();
        await using var again = await Store.WriteAsync(name, 2 * Piece, Cancel);
        (await again.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    [Fact]
    public async Task A_partial_has_one_writer_in_all_processes()
    {
        var name = PartialName.Parse("shared");
        using (var process = WriterProcess.Start(Backend, Place, name, seed: 1, 10, 10))
        {
            await process.WaitForAsync(10, Cancel);
            await Should.ThrowAsync<PartialBusyException>(() => Store.WriteAsync(name, 10, Cancel));
            await Should.ThrowAsync<PartialBusyException>(() => Store.DiscardPartialAsync(name, Cancel));
            await process.KillAsync(Cancel);
        }

        await using var writer = await Store.WriteAsync(name, 10, Cancel);
        await Should.ThrowAsync<PartialBusyException>(() => Store.WriteAsync(name, 10, Cancel));
        using var other = WriterProcess.Start(Backend, Place, name, seed: 1, 10, 10);
        (await other.WaitForAsync(10, Cancel)).ShouldBe(-1);
    }

    [Fact]
    public async Task Wrong_bytes_become_nothing_and_the_partial_is_emptied()
    {
        var bytes = SampleBytes.Make(2 * Piece);
        var expected = SampleBytes.DigestOf(SampleBytes.Make(10, seed: 2));
        await using var writer = await Store.WriteAsync(PartialName.Of(expected), bytes.Length, Cancel);
        await writer.AppendAsync(bytes, Cancel);
        var mismatch = (await writer.CommitAsync(expected, Cancel)).ShouldBeOfType<BlobCommit.Mismatch>();
        mismatch.Actual.ShouldBe(SampleBytes.DigestOf(bytes));
        mismatch.ActualSize.ShouldBe(bytes.Length);
        writer.Offset.ShouldBe(0);
        (await BlobsAsync()).ShouldBeEmpty();

        await writer.AppendAsync(bytes, Cancel);
        (await writer.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    [Fact]
    public async Task Too_few_bytes_are_a_mismatch_even_with_the_right_digest()
    {
        var bytes = SampleBytes.Make(1000);
        await using var writer = await Store.WriteAsync(PartialName.Parse("short"), 1001, Cancel);
        await writer.AppendAsync(bytes, Cancel);
        var mismatch = (await writer.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Mismatch>();
        mismatch.ActualSize.ShouldBe(1000);
        (await BlobsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_bytes_than_announced_are_refused()
    {
        await using var writer = await Store.WriteAsync(PartialName.Parse("long"), 1000, Cancel);
        await writer.AppendAsync(SampleBytes.Make(999), Cancel);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await writer.AppendAsync(SampleBytes.Make(2), Cancel));
        writer.Offset.ShouldBe(999);
    }

    [Fact]
    public async Task A_partial_longer_than_the_announced_size_starts_over()
    {
        var name = PartialName.Parse("grown");
        await using (var writer = await Store.WriteAsync(name, null, Cancel))
            await writer.AppendAsync(SampleBytes.Make(1000), Cancel);
        await using var smaller = await Store.WriteAsync(name, 500, Cancel);
        smaller.Offset.ShouldBe(0);
    }

    [Fact]
    public async Task Without_size_and_digest_the_commit_names_what_came()
    {
        var bytes = SampleBytes.Make(Piece + 3);
        await using var writer = await Store.WriteAsync(PartialName.OfUpload("42"), null, Cancel);
        await writer.AppendAsync(bytes, Cancel);
        var stored = (await writer.CommitAsync(null, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        stored.Blob.Digest.ShouldBe(SampleBytes.DigestOf(bytes));
        stored.Blob.Size.ShouldBe(bytes.Length);
        (await ReadAsync(stored.Blob.Digest, 0)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Restart_and_truncate_go_back_in_the_bytes_and_in_the_hash()
    {
        var bytes = SampleBytes.Make(2 * Piece);
        await using var writer = await Store.WriteAsync(PartialName.Parse("back"), bytes.Length, Cancel);
        await writer.AppendAsync(SampleBytes.Make(Piece, seed: 9), Cancel);
        await writer.RestartAsync(Cancel);
        writer.Offset.ShouldBe(0);
        await writer.AppendAsync(bytes.AsMemory(0, 5000), Cancel);
        await writer.AppendAsync(SampleBytes.Make(Piece, seed: 9), Cancel);
        await writer.TruncateAsync(5000, Cancel);
        writer.Offset.ShouldBe(5000);
        await writer.AppendAsync(bytes.AsMemory(5000), Cancel);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => writer.TruncateAsync(bytes.Length + 1, Cancel));
        (await writer.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    [Fact]
    public async Task A_flipped_bit_in_a_partial_is_found_at_the_commit()
    {
        var bytes = SampleBytes.Make(2 * Piece);
        var digest = SampleBytes.DigestOf(bytes);
        await using (var writer = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel))
            await writer.AppendAsync(bytes.AsMemory(0, Piece), Cancel);
        await FlipBitAsync(PartialName.Of(digest), 1234);
        await using var resumed = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        resumed.Offset.ShouldBe(Piece);
        await resumed.AppendAsync(bytes.AsMemory(Piece), Cancel);
        (await resumed.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Mismatch>();
        (await BlobsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_partial_that_lost_its_tail_is_gone_on_with_from_there()
    {
        var bytes = SampleBytes.Make(2 * Piece);
        var digest = SampleBytes.DigestOf(bytes);
        await using (var writer = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel))
            await writer.AppendAsync(bytes, Cancel);
        await ShortenAsync(PartialName.Of(digest), 777);
        await using var resumed = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        resumed.Offset.ShouldBeLessThanOrEqualTo(777);
        await resumed.AppendAsync(bytes.AsMemory((int)resumed.Offset), Cancel);
        (await resumed.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    [Fact]
    public async Task The_same_blob_can_be_committed_twice_at_once()
    {
        var bytes = SampleBytes.Make(Piece);
        var digest = SampleBytes.DigestOf(bytes);
        await using var first = await Store.WriteAsync(PartialName.Parse("one"), bytes.Length, Cancel);
        await using var second = await Store.WriteAsync(PartialName.Parse("two"), bytes.Length, Cancel);
        await first.AppendAsync(bytes, Cancel);
        await second.AppendAsync(bytes, Cancel);
        var commits = await Task.WhenAll(first.CommitAsync(digest, Cancel), second.CommitAsync(digest, Cancel));
        commits.ShouldAllBe(commit => commit is BlobCommit.Stored);
        (await BlobsAsync()).Count.ShouldBe(1);
        (await PartialsAsync()).ShouldBeEmpty();
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_committed_writer_is_at_its_end()
    {
        await using var writer = await Store.WriteAsync(PartialName.Parse("ended"), 1, Cancel);
        await writer.AppendAsync(new byte[1], Cancel);
        await writer.CommitAsync(null, Cancel);
        await Should.ThrowAsync<ObjectDisposedException>(() => writer.CommitAsync(null, Cancel));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await writer.AppendAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_but_open_reads_go_on()
    {
        var bytes = SampleBytes.Make(3 * Piece);
        var digest = await StoreAsync(bytes);
        await using var stream = (await Store.OpenOrNullAsync(digest, 0, Cancel))!;
        var all = new byte[bytes.Length];
        await stream.ReadExactlyAsync(all.AsMemory(0, 100), Cancel);
        (await Store.DeleteAsync(digest, Cancel)).ShouldBeTrue();
        (await Store.DeleteAsync(digest, Cancel)).ShouldBeFalse();
        (await Store.SizeOrNullAsync(digest, Cancel)).ShouldBeNull();
        await stream.ReadExactlyAsync(all.AsMemory(100), Cancel);
        all.ShouldBe(bytes);
    }

    [Fact]
    public async Task Many_writers_store_many_blobs_and_the_list_is_in_order()
    {
        var digests = await Task.WhenAll(Enumerable.Range(0, 60).Select(n => StoreAsync(SampleBytes.Make(3000 + n, n))));
        var listed = await BlobsAsync();
        listed.Select(blob => blob.Digest).ShouldBe(digests.Order());
        listed.Sum(blob => blob.Size).ShouldBe((60 * 3000) + (59 * 30));
        (await Store.MeasureAsync(Cancel)).Used.GetValueOrDefault(listed.Sum(blob => blob.Size)).ShouldBe(listed.Sum(blob => blob.Size));
    }

    [Fact]
    public async Task A_discarded_partial_is_forgotten()
    {
        var name = PartialName.OfUpload("7");
        await Store.DiscardPartialAsync(name, Cancel);
        await using (var writer = await Store.WriteAsync(name, null, Cancel))
            await writer.AppendAsync(new byte[100], Cancel);
        await Store.DiscardPartialAsync(name, Cancel);
        (await PartialsAsync()).ShouldBeEmpty();
        await using var fresh = await Store.WriteAsync(name, null, Cancel);
        fresh.Offset.ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_append_keeps_the_partial_usable()
    {
        var bytes = SampleBytes.Make(2 * Piece);
        await using var writer = await Store.WriteAsync(PartialName.Parse("cancelled"), bytes.Length, Cancel);
        await writer.AppendAsync(bytes.AsMemory(0, Piece), Cancel);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await writer.AppendAsync(bytes.AsMemory(Piece), stop.Token));
        await writer.AppendAsync(bytes.AsMemory((int)writer.Offset), Cancel);
        (await writer.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_huge_blob_passes_through_flat_memory()
    {
        using var zeros = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var piece = BlobPieces.Rent();
        piece.Memory.Span.Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var held = new List<long>();
        await using var writer = await Store.WriteAsync(PartialName.Parse("huge"), HugeSize, Cancel);
        while (writer.Offset < HugeSize)
        {
            zeros.AppendData(piece.Memory.Span);
            await writer.AppendAsync(piece.Memory, Cancel);
            if (writer.Offset % (HugeSize / 8) == 0)
                held.Add(GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        // Other stores are tested in this process meanwhile; what a blob held would stay until its end.
        held[^3..].Min().ShouldBeLessThan(80L << 20);

        var stored = (await writer.CommitAsync(null, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        stored.Blob.Digest.ToHash().ShouldBe(zeros.GetCurrentHash());
        stored.Blob.Size.ShouldBe(HugeSize);
    }

    private protected async Task<Digest> StoreAsync(byte[] bytes)
    {
        var digest = SampleBytes.DigestOf(bytes);
        await using var writer = await Store.WriteAsync(PartialName.Of(digest), bytes.Length, Cancel);
        await writer.AppendAsync(bytes, Cancel);
        (await writer.CommitAsync(digest, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        return digest;
    }

    private protected async Task<byte[]> ReadAsync(Digest digest, long offset)
    {
        await using var stream = (await Store.OpenOrNullAsync(digest, offset, Cancel)).ShouldNotBeNull();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    private protected Task<List<BlobInfo>> BlobsAsync() => Store.ListAsync(Cancel).ToListAsync(Cancel).AsTask();

    private protected Task<List<PartialInfo>> PartialsAsync() => Store.ListPartialsAsync(Cancel).ToListAsync(Cancel).AsTask();
}
