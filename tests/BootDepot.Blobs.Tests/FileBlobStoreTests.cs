using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;

namespace BootDepot.Blobs.Tests;

public sealed class FileBlobStoreTests : BlobStoreContract
{
    private readonly string _root = Directory.CreateTempSubdirectory("bootdepot-blobs-").FullName;

    private protected override string Backend => "files";

    private protected override string Place => _root;

    private string Partials => Path.Combine(_root, "partial");

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Fact]
    public async Task A_blob_lies_read_only_at_its_documented_path()
    {
        var digest = await StoreAsync(SampleBytes.Make(10));
        var path = Path.Combine(_root, "sha256", digest.Hex[..2], digest.Hex);
        ((FileBlobStore)Store).PathOf(digest).ShouldBe(path);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task The_digest_is_right_after_every_way_back()
    {
        const int piece = 1 << 20;
        var bytes = SampleBytes.Make(24 * piece);
        await using var writer = await Store.WriteAsync(PartialName.OfUpload("back"), bytes.Length, Cancel);
        async Task FillToAsync(int end)
        {
            while (writer.Offset < end)
                await writer.AppendAsync(bytes.AsMemory((int)writer.Offset, (int)Math.Min(piece, end - writer.Offset)), Cancel);
        }

        // Remembered states lie at multiples of 4 MiB; ways back lead to them, between them, before all and to the beginning.
        foreach (var (to, back) in new[] { (23, 20), (21, 19), (24, 4), (9, 3), (12, 0), (17, 16), (16, 8) })
        {
            await FillToAsync((to * piece) - 5);
            foreach (var end in new[] { (back * piece) + 7, back * piece })
            {
                await writer.TruncateAsync(end, Cancel);
                (await writer.HashAsync(Cancel)).ShouldBe(SampleBytes.DigestOf(bytes.AsSpan(0, end)));
            }
        }

        await FillToAsync(bytes.Length);
        (await writer.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    // A bit that changes below the state that was kept tells whether the bytes were read again.
    [Fact]
    public async Task A_successor_goes_on_from_a_state_of_the_hash_unless_the_machine_was_started_anew()
    {
        var name = PartialName.OfUpload("checkpoint");
        var bytes = SampleBytes.Make((70 << 20) + 13);
        await FillAsync(name, bytes);
        await FlipBitAsync(name, 5);
        (await HashAsync(name)).ShouldBe(SampleBytes.DigestOf(bytes));

        await PythonAsync("v = os.getxattr(p, a); os.setxattr(p, a, v[:40] + b'another-boot'.ljust(len(v) - 40))");
        bytes[5] ^= 1;
        (await HashAsync(name)).ShouldBe(SampleBytes.DigestOf(bytes));
        await FlipBitAsync(name, 6);
        bytes[6] ^= 1;
        (await HashAsync(name)).ShouldBe(SampleBytes.DigestOf(bytes), "a state of another boot is forgotten, not kept");

        async Task PythonAsync(string code)
        {
            var path = Path.Combine(Partials, name + ".part");
            using var python = Process.Start("python3", ["-c", $"import os; p = '{path}'; a = 'user.bootdepot.sha256'; {code}"]);
            await python.WaitForExitAsync(Cancel);
            python.ExitCode.ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_state_of_bytes_that_were_dropped_does_not_outlive_them()
    {
        var name = PartialName.OfUpload("dropped");
        var bytes = SampleBytes.Make(70 << 20);
        await using (var writer = await Store.WriteAsync(name, null, Cancel))
        {
            await FillAsync(writer, bytes);
            await writer.TruncateAsync(60 << 20, Cancel);
            // Other bytes, up to beyond the state that was kept.
            Array.Fill(bytes, (byte)7, 60 << 20, 10 << 20);
            await FillAsync(writer, bytes);
        }

        (await HashAsync(name)).ShouldBe(SampleBytes.DigestOf(bytes));
        await ShortenAsync(name, 3 << 20);
        (await HashAsync(name)).ShouldBe(SampleBytes.DigestOf(bytes.AsSpan(0, 3 << 20)));
    }

    [Fact]
    public async Task A_blob_carries_no_state_of_its_hash()
    {
        var name = PartialName.OfUpload("whole");
        var bytes = SampleBytes.Make(65 << 20);
        await using var writer = await Store.WriteAsync(name, bytes.Length, Cancel);
        await FillAsync(writer, bytes);
        var stored = (await writer.CommitAsync(null, Cancel)).ShouldBeOfType<BlobCommit.Stored>();
        using var python = Process.Start("python3", ["-c", $"import os, sys; sys.exit(len(os.listxattr('{((FileBlobStore)Store).PathOf(stored.Blob.Digest)}')))"]);
        await python.WaitForExitAsync(Cancel);
        python.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Files_of_others_are_neither_listed_nor_touched()
    {
        var digest = await StoreAsync(SampleBytes.Make(10));
        var shard = Path.GetDirectoryName(((FileBlobStore)Store).PathOf(digest))!;
        var other = SampleBytes.DigestOf([1, 2, 3]);
        string[] strangers =
        [
            Path.Combine(_root, "readme"),
            Path.Combine(shard, "notes.txt"),
            Path.Combine(shard, digest.Hex.ToUpperInvariant()),
            Path.Combine(shard, digest.Hex + ".bak"),
            Path.Combine(shard, other.Hex[..2] == digest.Hex[..2] ? "x" : other.Hex), // a digest in another one's shard
            Path.Combine(Partials, "readme"),
            Path.Combine(Partials, "UPPER.part"),
            Path.Combine(Partials, ".hidden.part"),
        ];
        foreach (var path in strangers)
            await File.WriteAllTextAsync(path, "mine", Cancel);
        var linked = ((FileBlobStore)Store).PathOf(other);
        File.CreateSymbolicLink(linked, strangers[0]);
        File.CreateSymbolicLink(Path.Combine(Partials, "link.part"), strangers[0]);

        (await BlobsAsync()).Single().Digest.ShouldBe(digest);
        (await PartialsAsync()).ShouldBeEmpty();
        (await Store.SizeOrNullAsync(other, Cancel)).ShouldBeNull();
        (await Store.DeleteAsync(other, Cancel)).ShouldBeFalse();
        (await Store.MeasureAsync(Cancel)).Used.ShouldBe(10);
        await Store.DiscardPartialAsync(PartialName.Parse("link"), Cancel);
        await Should.ThrowAsync<PartialBusyException>(() => Store.WriteAsync(PartialName.Parse("link"), 1, Cancel));

        foreach (var path in strangers)
        {
            (await File.ReadAllTextAsync(path, Cancel)).ShouldBe("mine");
            File.Delete(path);
        }

        new FileInfo(linked).LinkTarget.ShouldBe(strangers[0]);
        File.Delete(linked);
        File.Delete(Path.Combine(Partials, "link.part"));
    }

    [Fact]
    public async Task Room_is_reserved_behind_the_end_and_counts_as_free()
    {
        const int Size = 64 << 20;
        var name = PartialName.Parse("reserving");
        var path = Path.Combine(Partials, "reserving.part");
        await using (var writer = await Store.WriteAsync(name, Size, Cancel))
        {
            await writer.AppendAsync(new byte[5000], Cancel);
            new FileInfo(path).Length.ShouldBe(5000);
            (await DiskUsageAsync(path)).ShouldBeGreaterThanOrEqualTo(Size);
            (await PartialsAsync()).Single().Received.ShouldBe(5000);
            (await Store.MeasureAsync(Cancel)).Used.ShouldBe(5000);
        }

        (await DiskUsageAsync(path)).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public async Task A_blob_that_is_stored_again_is_new_and_whole()
    {
        var bytes = SampleBytes.Make(5000);
        var digest = await StoreAsync(bytes);
        var path = ((FileBlobStore)Store).PathOf(digest);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(path, "rotten", Cancel);
        await StoreAsync(bytes);
        (await ReadAsync(digest, 0)).ShouldBe(bytes);
    }

    private protected override Task<IBlobStore> OpenAsync() =>
        Task.FromResult<IBlobStore>(new FileBlobStore(_root, TimeProvider.System));

    private protected override Task<IReadOnlyList<string>> LeftOversAsync() =>
        Task.FromResult<IReadOnlyList<string>>(Directory.GetFiles(_root, "*", SearchOption.AllDirectories));

    private protected override async Task FlipBitAsync(PartialName name, long offset)
    {
        await using var file = new FileStream(Path.Combine(Partials, name + ".part"), FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 1));
    }

    private protected override async Task ShortenAsync(PartialName name, long length)
    {
        await using var file = new FileStream(Path.Combine(Partials, name + ".part"), FileMode.Open);
        file.SetLength(length);
    }

    private async Task FillAsync(PartialName name, byte[] bytes)
    {
        await using var writer = await Store.WriteAsync(name, null, Cancel);
        await FillAsync(writer, bytes);
    }

    // In pieces of an odd length: states are of whole blocks, wherever pieces end.
    private static async Task FillAsync(IBlobWriter writer, byte[] bytes)
    {
        while (writer.Offset < bytes.Length)
            await writer.AppendAsync(bytes.AsMemory((int)writer.Offset, (int)Math.Min((1 << 20) - 1, bytes.Length - writer.Offset)), Cancel);
    }

    private async Task<Images.Digest> HashAsync(PartialName name)
    {
        await using var writer = await Store.WriteAsync(name, null, Cancel);
        return await writer.HashAsync(Cancel);
    }

    private static async Task<long> DiskUsageAsync(string path)
    {
        var start = new ProcessStartInfo("stat") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("--format=%b");
        start.ArgumentList.Add(path);
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) * 512;
    }
}
