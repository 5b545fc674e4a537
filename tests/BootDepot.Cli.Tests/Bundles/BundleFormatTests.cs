using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Testing;
using BootDepot.Transfers.Bundles;

namespace BootDepot.Cli.Tests.Bundles;

/// <summary>The container: what is written is read again, to the byte, and every bit that was changed is found and named.</summary>
public sealed class BundleFormatTests : IDisposable
{
    private static readonly DateTimeOffset Made = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create(SigningKeyKind.Ed25519, "Test", Made);
    private readonly Dictionary<string, byte[]> _blobs = new[] { 0, 1, 511, 512, 513, 5000, 20_000 }
        .Select(size => SignedTree.Bytes($"blob{size}", size)).ToDictionary(b => Convert.ToHexStringLower(SHA256.HashData(b)), StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4096L)]
    [InlineData(5001L)]
    public async Task A_bundle_reads_as_it_was_written_and_is_a_tar_archive(long? part)
    {
        await WriteAsync("b", part);
        using var bundle = await OpenAsync("b");
        (await bundle.VerifyAsync(null, Ct).ToListAsync(Ct)).ShouldBeEmpty();
        bundle.Signature!.PrimaryKey.ShouldBe(_key.Fingerprint);
        foreach (var document in bundle.Manifest.Documents)
            (await bundle.ReadDocumentAsync(document, Ct)).ShouldBe(SignedTree.Bytes(document.Path, (int)document.Size));
        var listed = await Shell.RunAsync($"cd '{_folder.Path}' && cat $(ls b b.[0-9]* 2>/dev/null) > all.tar && tar xf all.tar && tar tf all.tar && cd blobs/sha256 && sha256sum *");
        foreach (var digest in _blobs.Keys)
            listed.ShouldContain($"{digest}  {digest}");
        listed.ShouldContain("documents/streams/v1/index.sjson");
    }

    [Fact]
    public async Task The_same_content_gives_the_same_bytes_however_it_is_split()
    {
        await WriteAsync("one", null);
        await WriteAsync("two", 6000);
        var parts = Directory.GetFiles(_folder.Path, "two.*").Order(StringComparer.Ordinal).ToList();
        parts.Count.ShouldBeGreaterThan(4);
        parts.SkipLast(1).ShouldAllBe(p => new FileInfo(p).Length == 6000);
        parts.SelectMany(File.ReadAllBytes).ShouldBe(await File.ReadAllBytesAsync(_folder["one"], Ct));
    }

    [Fact]
    public async Task Any_flipped_bit_is_found_and_what_it_hit_is_named()
    {
        await WriteAsync("b", 7001);
        var parts = Directory.GetFiles(_folder.Path, "b.*").Order(StringComparer.Ordinal).ToArray();
        using var whole = await OpenAsync("b");
        var random = new Random(20261122);
        // At random, and at every place where something begins or ends.
        var places = Enumerable.Range(0, 400).Select(_ => random.NextInt64(whole.Layout.Size))
            .Concat(whole.Layout.Entries.SelectMany(e => new[] { e.HeaderOffset, e.DataOffset - 1, e.DataOffset, e.DataOffset + e.Size, e.End - 1 }))
            .Concat(Enumerable.Range(1, parts.Length - 1).SelectMany(p => new[] { (p * 7001L) - 1, p * 7001L }))
            .Where(p => p < whole.Layout.Size).Append(whole.Layout.Size - 1).Distinct().ToList();
        foreach (var place in places)
        {
            var part = parts[place / 7001];
            var good = await File.ReadAllBytesAsync(part, Ct);
            var bad = (byte[])good.Clone();
            bad[place % 7001] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(part, bad, Ct);
            var found = (await FaultsAsync()).ShouldHaveSingleItem($"byte {place}");
            var entry = whole.Layout.Entries.Last(e => e.HeaderOffset <= place);
            if (entry == whole.Layout.Entries[0] && place < entry.DataOffset + entry.Size)
                (found.Code, found.Message.Contains("manifest", StringComparison.Ordinal)).ShouldBe((BundleErrors.Unreadable, true), $"byte {place}: {found.Message}");
            else if (place >= whole.Layout.Entries[^1].End)
                found.Message.ShouldContain("The end of the bundle");
            else
                (found.Code, found.Message.Contains(entry.Title, StringComparison.Ordinal)).ShouldBe((BundleErrors.Damaged, true), $"byte {place}: {found.Message}");
            await File.WriteAllBytesAsync(part, good, Ct);
        }

        async Task<List<Fault>> FaultsAsync()
        {
            try
            {
                using var bundle = await OpenAsync("b");
                return await bundle.VerifyAsync(null, Ct).ToListAsync(Ct);
            }
            catch (BundleException e)
            {
                return [e.Fault];
            }
        }
    }

    [Fact]
    public async Task What_is_cut_or_foreign_or_signed_by_others_is_refused()
    {
        await WriteAsync("b", 7001);
        await WriteAsync("c", null);
        using var stranger = SigningKey.Create(SigningKeyKind.Ed25519, "Stranger", Made);
        (await Should.ThrowAsync<StreamException>(() => OpenAsync("c", stranger))).Code.ShouldBe(StreamErrors.SignatureKeyUnknown);
        var bytes = await File.ReadAllBytesAsync(_folder["c"], Ct);
        var random = new Random(1);
        foreach (var length in new[] { 0, 1, 511, 512, 513, 2000, bytes.Length - 1 }.Concat(Enumerable.Range(0, 50).Select(_ => random.Next(bytes.Length))))
        {
            await File.WriteAllBytesAsync(_folder["cut"], bytes[..length], Ct);
            (await RefusalAsync("cut")).ShouldBeOneOf(BundleErrors.Unreadable, BundleErrors.CutShort);
        }

        await File.WriteAllBytesAsync(_folder["long"], [.. bytes, 0], Ct);
        (await RefusalAsync("long")).ShouldBe(BundleErrors.Damaged);
        for (var round = 0; round < 50; round++)
        {
            var garbage = new byte[random.Next(3000)];
            random.NextBytes(garbage);
            await File.WriteAllBytesAsync(_folder["garbage"], garbage, Ct);
            (await RefusalAsync("garbage")).ShouldBe(BundleErrors.Unreadable);
        }

        await Shell.RunAsync($"cd '{_folder.Path}' && echo hello > text && tar --format=ustar -cf foreign.tar text");
        (await RefusalAsync("foreign.tar")).ShouldBe(BundleErrors.Unreadable);
        File.Move(_folder["b.002"], _folder["elsewhere"]);
        (await Should.ThrowAsync<BundleException>(() => OpenAsync("b"))).Message.ShouldContain("b.002 is missing");
        await File.WriteAllBytesAsync(_folder["b.002"], (await File.ReadAllBytesAsync(_folder["elsewhere"], Ct))[..100], Ct);
        (await Should.ThrowAsync<BundleException>(() => OpenAsync("b"))).Message.ShouldContain("b.002 was cut");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5001L)]
    public async Task Writing_goes_on_wherever_it_was_broken_off(long? part)
    {
        await WriteAsync("whole", null);
        var whole = await File.ReadAllBytesAsync(_folder["whole"], Ct);
        var random = new Random(7);
        foreach (var cut in Enumerable.Range(0, 30).Select(_ => random.Next(whole.Length)).Append(0).Append(whole.Length))
        {
            foreach (var file in Directory.GetFiles(_folder.Path, "b*"))
                File.Delete(file);
            // What a kill leaves: finished parts, one unfinished one; and bytes that never came to the disk.
            var size = (int)(part ?? int.MaxValue);
            for (var at = 0; at < cut; at += size)
            {
                var bytes = whole[at..int.Min(cut, at + int.Min(size, whole.Length))];
                var name = part is null ? "b" : $"b.{(at / size) + 1:000}";
                var isWhole = bytes.Length == size || at + bytes.Length == whole.Length;
                if (!isWhole && bytes.Length > 100)
                    bytes.AsSpan(bytes.Length - 50).Clear();
                await File.WriteAllBytesAsync(_folder[isWhole ? name : name + ".partial"], bytes, Ct);
            }

            await WriteAsync("b", part);
            var written = Directory.GetFiles(_folder.Path, "b*").Order(StringComparer.Ordinal).ToList();
            written.ShouldAllBe(f => !f.EndsWith(".partial"));
            written.SelectMany(File.ReadAllBytes).ShouldBe(whole, $"cut at {cut}");
        }
    }

    [Fact]
    public async Task A_file_that_is_no_bundle_is_not_written_over()
    {
        await File.WriteAllBytesAsync(_folder["b"], new byte[5000], Ct);
        (await Should.ThrowAsync<BundleException>(() => WriteAsync("b", null))).Fault.Code.ShouldBe(BundleErrors.Unreadable);
        (await File.ReadAllBytesAsync(_folder["b"], Ct)).ShouldBe(new byte[5000]);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(8_589_934_591L)]
    [InlineData(8_589_934_592L)]
    [InlineData(123_456_789_012_345L)]
    public void Headers_of_files_of_every_size_are_read_again(long size) =>
        TarBlock.ReadOrNull(TarBlock.Header("blobs/x", size)).ShouldBe(("blobs/x", size));

    private BundleDraft Draft() => BundleDraft.Plan(
        "http://mirror.example/stream/",
        [new BundleSelection("ubuntu", "noble", ["amd64"])],
        [.. new[] { ("streams/v1/index.sjson", 700), ("streams/v1/products.sjson", 3000) }.Select(d => (d.Item1, (ReadOnlyMemory<byte>)SignedTree.Bytes(d.Item1, d.Item2)))],
        _blobs.Select(b => new BundleBlob(b.Key, b.Value.Length, $"noble/{b.Value.Length}", "ubuntu/noble amd64/generic 1", null)),
        _ => false,
        _key,
        Made);

    private async Task WriteAsync(string name, long? part)
    {
        var draft = Draft();
        await using var writer = await BundleWriter.OpenAsync(_folder[name], part, draft, Ct);
        await writer.WriteHeadAsync(Ct);
        foreach (var entry in draft.Blobs.Where(b => b.HeaderOffset >= writer.Position))
            await writer.WriteAsync(entry, new MemoryStream(_blobs[entry.Digest.Hex]), Ct);
        await writer.FinishAsync(Ct);
    }

    private Task<Bundle> OpenAsync(string name, SigningKey? key = null) =>
        Bundle.OpenAsync([_folder[name]], Keyring.Parse((key ?? _key).ExportPublicKey()), new VerificationPolicy(DateTimeOffset.UtcNow.AddYears(2)), Ct);

    private async Task<string> RefusalAsync(string name) => (await Should.ThrowAsync<BundleException>(() => OpenAsync(name))).Fault.Code;
}
