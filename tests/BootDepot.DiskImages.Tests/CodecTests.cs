using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;

namespace BootDepot.DiskImages.Tests;

public sealed class CodecTests
{
    private static byte[] Content(int length)
    {
        var bytes = new byte[length];
        var random = new Random(7);
        // Noise, zeros and repetition, as on disks.
        for (var at = 0; at < length; at += 1 << 19)
        {
            if (random.Next(3) > 0)
                random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 1 << 19), length - at)));
        }

        return bytes;
    }

    private static async Task<byte[]> PackAsync(CompressionKind kind, byte[] content, int workers = 2, int piece = 100_000)
    {
        var output = new MemoryStream();
        await using var encoder = Encoders.Open(kind, output, workers);
        for (var at = 0; at < content.Length; at += piece)
            await encoder.WriteAsync(content.AsMemory(at, Math.Min(piece, content.Length - at)), TestContext.Current.CancellationToken);
        await encoder.FinishAsync(TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    private static async Task<byte[]> UnpackAsync(CompressionKind kind, byte[] packed)
    {
        await using var decoder = Decoders.Open(kind, new MemoryStream(packed), 128 << 20);
        var output = new MemoryStream();
        await decoder.CopyToAsync(output, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    public static TheoryData<CompressionKind, int> Cases { get; } =
        [.. from kind in new[] { CompressionKind.Gzip, CompressionKind.Bzip2, CompressionKind.Xz }
            from length in new[] { 0, 1, 900_000, 1 << 20, (1 << 20) + 1, 5_000_001 }
            select (kind, length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_packed_unpacks_to_the_same(CompressionKind kind, int length)
    {
        var content = Content(length);

        var packed = await PackAsync(kind, content);

        (await UnpackAsync(kind, packed)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Theory]
    [InlineData(CompressionKind.Gzip)]
    [InlineData(CompressionKind.Bzip2)]
    [InlineData(CompressionKind.Xz)]
    public async Task A_missing_end_is_noticed_wherever_the_cut_is(CompressionKind kind)
    {
        var packed = await PackAsync(kind, Content(300_000));

        foreach (var missing in new[] { 1, 2, 4, 7, 8, 9, 10, 11, 100, packed.Length / 2, packed.Length - 20 })
        {
            await Should.ThrowAsync<EndOfStreamException>(
                () => UnpackAsync(kind, packed[..^missing]),
                $"{missing} bytes missing of {packed.Length}"
            );
        }
    }

    [Theory]
    [InlineData(CompressionKind.Gzip)]
    [InlineData(CompressionKind.Bzip2)]
    [InlineData(CompressionKind.Xz)]
    public async Task A_changed_byte_is_noticed(CompressionKind kind)
    {
        var packed = await PackAsync(kind, Content(300_000));
        packed[packed.Length / 2] ^= 0x55;

        await Should.ThrowAsync<IOException>(async () =>
        {
            try
            {
                await UnpackAsync(kind, packed);
            }
            catch (InvalidDataException e)
            {
                throw new IOException("noticed", e);
            }
        });
    }

    [Fact]
    public void The_checksum_of_two_parts_is_that_of_the_whole()
    {
        var content = Content(1_000_003);
        foreach (var at in new[] { 0, 1, 7, 512, 999_999, content.Length })
        {
            Crc32.Combine(Crc32.Of(content.AsSpan(0, at)), Crc32.Of(content.AsSpan(at)), content.Length - at).ShouldBe(Crc32.Of(content));
        }

        Crc32.Of("123456789"u8).ShouldBe(0xCBF43926u);
    }

    [Theory]
    [InlineData(CompressionKind.Gzip, new byte[] { 0x1f, 0x8b, 8, 0, 0, 0 })]
    [InlineData(CompressionKind.Bzip2, new byte[] { 0x42, 0x5a, 0x68, 0x39, 0x31, 0x41 })]
    [InlineData(CompressionKind.Xz, new byte[] { 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0 })]
    [InlineData(CompressionKind.Zstd, new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0, 0 })]
    public void Signatures_are_known(CompressionKind kind, byte[] start) => Decoders.RecogniseOrNull(start).ShouldBe(kind);

    [Fact]
    public async Task Memory_that_a_decoder_asks_for_is_limited()
    {
        var packed = await PackAsync(CompressionKind.Xz, Content(100_000));
        await using var decoder = Decoders.Open(CompressionKind.Xz, new MemoryStream(packed), memory: 100_000);

        var thrown = await Should.ThrowAsync<InvalidDataException>(async () =>
            await decoder.ReadExactlyAsync(new byte[100], TestContext.Current.CancellationToken)
        );

        thrown.Message.ShouldContain("more memory");
    }
}
