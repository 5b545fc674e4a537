using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify;
using BootDepot.DiskImages.Identify.Containers;
using BootDepot.DiskImages.Identify.Disks;
using BootDepot.DiskImages.Identify.FileSystems;
using BootDepot.DiskImages.Identify.Views;

namespace BootDepot.DiskImages.Tests;

/// <summary>
/// Throws changed bytes at each parser. Whatever comes, an inspection ends soon, with a result, and in little memory.
/// BOOTDEPOT_FUZZ_SECONDS sets the time for each target (default 0.25), BOOTDEPOT_FUZZ_SEED the seed; a failure says
/// the seed and round that give it again. Alone in the process, since what is allocated is counted for the process.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests(Corpus corpus)
{
    private const int DefaultSeed = 20260101;

    // One inspection, on a machine that does other things too.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private const long MostMemory = 64L << 20;

    private static readonly InspectionLimits Limits = new() { UnpackedBytes = 4 << 20, Reads = 20_000 };

    private static TimeSpan Time =>
        TimeSpan.FromSeconds(
            double.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_FUZZ_SECONDS") ?? "0.25", CultureInfo.InvariantCulture)
        );

    private static int Seed =>
        int.Parse(
            Environment.GetEnvironmentVariable("BOOTDEPOT_FUZZ_SEED") ?? DefaultSeed.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture
        );

    [Theory]
    [InlineData("efi.raw")]
    [InlineData("bios.raw")]
    [InlineData("bare.fat")]
    [InlineData("efi.ddgz")]
    [InlineData("efi.ddbz2")]
    [InlineData("efi.ddxz")]
    [InlineData("efi.zst")]
    [InlineData("pax.ddtar")]
    [InlineData("root.tgz")]
    [InlineData("named.tar")]
    [InlineData("machine.ova")]
    [InlineData("v2.qcow2")]
    [InlineData("compressed.qcow2")]
    [InlineData("extended.qcow2")]
    [InlineData("zstd.qcow2")]
    [InlineData("sparse.vmdk")]
    [InlineData("stream.vmdk")]
    [InlineData("passwd.vmdk")]
    [InlineData("fixed.vhd")]
    [InlineData("dynamic.vhd")]
    [InlineData("dynamic.vhdx")]
    [InlineData("dynamic.vdi")]
    [InlineData("image.iso")]
    [InlineData("installer.bin")]
    public async Task Changed_files_are_inspected_without_harm(string name)
    {
        var original = await StartOfAsync(name);
        await RepeatAsync(
            name,
            async (random, token) =>
            {
                var bytes = Change(original, random);
                await DiskImageInspector.IdentifyAsync(new MemoryStream(bytes), Limits, token);
                await DiskImageInspector.IdentifyStartOrNullAsync(bytes.AsMemory(0, random.Next(bytes.Length)), bytes.Length, token);
            }
        );
    }

    // Behind the checksums, which a changed file rarely passes: each parser alone.
    [Theory]
    [InlineData("qcow2", "v3.qcow2")]
    [InlineData("vmdk", "sparse.vmdk")]
    [InlineData("vmdk-text", "passwd.vmdk")]
    [InlineData("vhd", "dynamic.vhd")]
    [InlineData("vdi", "dynamic.vdi")]
    [InlineData("vhdx", "dynamic.vhdx")]
    [InlineData("tar", "pax.ddtar")]
    [InlineData("disk", "efi.raw")]
    [InlineData("gpt", "efi.raw")]
    [InlineData("efi", "efi.raw")]
    [InlineData("pax", "efi.raw")]
    [InlineData("programs", "efi.raw")]
    public async Task Each_parser_alone_takes_any_bytes(string parser, string name)
    {
        var original = await StartOfAsync(name);
        if (parser == "efi")
            original = original[(1 << 20)..];
        await RepeatAsync(
            parser,
            async (random, token) =>
            {
                var bytes = Change(original, random);
                var budget = new InspectionBudget(Limits);
                try
                {
                    await ParseAsync(parser, bytes, new StreamView(new MemoryStream(bytes), budget), budget, token);
                }
                catch (InspectionStoppedException)
                {
                    // the limit did its work
                }
            }
        );
    }

    private static async Task ParseAsync(string parser, byte[] bytes, ByteView view, InspectionBudget budget, CancellationToken token)
    {
        switch (parser)
        {
            case "qcow2":
                await Qcow2Probe.ReadAsync(view, budget, token);
                break;
            case "vmdk":
                await VmdkProbe.ReadSparseAsync(view, budget, token);
                break;
            case "vmdk-text":
                await VmdkProbe.ReadUnusableAsync(view, budget, token);
                break;
            case "vhd":
                await VhdProbe.ReadDynamicAsync(view, budget, token);
                await VhdProbe.ReadFixedAsync(view, budget, token);
                break;
            case "vdi":
                await VdiProbe.ReadAsync(view, budget, token);
                break;
            case "vhdx":
                Seal(bytes, Crc32CAt);
                await VhdxProbe.ReadAsync(view, budget, token);
                break;
            case "tar":
                await new TarProbe(view, budget, 0).ReadAsync(token);
                break;
            case "disk":
                await RawDiskProbe.ReadOrNullAsync(view, budget, token);
                break;
            case "gpt":
                SealGpt(bytes);
                await RawDiskProbe.ReadOrNullAsync(view, budget, token);
                break;
            case "efi":
                await EfiPartition.ProgramsAsync(view, budget, token);
                break;
            case "pax":
                PaxRecord.Parse(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)));
                // A record that is nearly right: the length, the name and the value are made of the bytes.
                if (bytes.Length >= 64)
                    PaxRecord.Parse(Encoding.Latin1.GetBytes($"{bytes[9]} path={Encoding.Latin1.GetString(bytes, 0, 64)}\n{bytes[11] & 31} size={bytes[12]}\n"));
                break;
            default:
                for (var at = 0; at + 4096 < Math.Min(bytes.Length, 1 << 16); at += 509)
                {
                    EfiPartition.ArchitectureOrNull(bytes.AsSpan(at, 4096));
                    ElfProgram.ArchitectureOrNull(bytes.AsSpan(at, 64));
                    Decoders.RecogniseOrNull(bytes.AsSpan(at, Decoders.SignatureLength));
                    ForeignFormats.NameOrNull(bytes.AsSpan(at, 64));
                    TarHeader.ParseOrNull(bytes.AsSpan(at, 512));
                }

                break;
        }
    }

    private static readonly (int Start, int Length)[] Crc32CAt = [(64 << 10, 4096), (128 << 10, 4096), (192 << 10, 64 << 10), (256 << 10, 64 << 10)];

    private static void Seal(byte[] bytes, (int Start, int Length)[] places)
    {
        foreach (var (start, length) in places)
        {
            if (start + length > bytes.Length)
                continue;
            var part = bytes.AsSpan(start, length);
            part.Slice(4, 4).Clear();
            var crc = uint.MaxValue;
            foreach (var b in part)
                crc = System.Numerics.BitOperations.Crc32C(crc, b);
            BitConverter.TryWriteBytes(part[4..], ~crc);
        }
    }

    private static void SealGpt(byte[] bytes)
    {
        if (bytes.Length < 34 * 512)
            return;
        var header = bytes.AsSpan(512, 512);
        "EFI PART"u8.CopyTo(header);
        BitConverter.TryWriteBytes(header[12..], 92u);
        var (at, count, size) = (BitConverter.ToUInt64(header[72..]), BitConverter.ToUInt32(header[80..]), BitConverter.ToUInt32(header[84..]));
        var (start, length) = ((UInt128)at * 512, (UInt128)count * size);
        if (start + length <= (UInt128)bytes.Length)
            BitConverter.TryWriteBytes(header[88..], Crc32.Of(bytes.AsSpan((int)start, (int)length)));
        header.Slice(16, 4).Clear();
        BitConverter.TryWriteBytes(header[16..], Crc32.Of(header[..92]));
    }

    // The structures are at the start; a fixed VHD's and a stream-optimised VMDK's also at the end.
    private async Task<byte[]> StartOfAsync(string name)
    {
        const int most = 3 << 20;
        var bytes = await File.ReadAllBytesAsync(corpus[name], TestContext.Current.CancellationToken);
        return bytes.Length <= most ? bytes : [.. bytes[..(most - 4096)], .. bytes[^4096..]];
    }

    private static byte[] Change(byte[] original, Random random)
    {
        var length = random.Next(8) == 0 ? random.Next(original.Length + 1) : original.Length;
        var bytes = new byte[length];
        original.AsSpan(0, length).CopyTo(bytes);
        // Most changes go where headers are: the first sectors, and the tables at the first powers of two.
        for (var n = random.Next(1, 9); n > 0 && length > 0; n--)
        {
            var at = random.Next(4) switch
            {
                0 => random.Next(length),
                1 => random.Next(Math.Min(length, 512)),
                2 => random.Next(Math.Min(length, 4096)),
                _ => Math.Min(length - 1, (1 << random.Next(9, 21)) + random.Next(128)),
            };
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(random.Next(1, 9), length - at)).Fill(0xff);
                    break;
                case 3:
                    bytes.AsSpan(at, Math.Min(random.Next(1, 9), length - at)).Clear();
                    break;
                default:
                    var count = Math.Min(random.Next(1, 65), length - at);
                    bytes.AsSpan(random.Next(length - count + 1), count).CopyTo(bytes.AsSpan(at, count));
                    break;
            }
        }

        return bytes;
    }

    private static async Task RepeatAsync(string target, Func<Random, CancellationToken, Task> round)
    {
        var whole = Stopwatch.StartNew();
        for (var n = 0; n == 0 || whole.Elapsed < Time; n++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Longest);
            // What was allocated, not what is in use: that also depends on when garbage was collected.
            var before = GC.GetTotalAllocatedBytes(precise: true);
            try
            {
                // Every round can be had again by itself.
                await round(new Random(HashCode(Seed, n)), limit.Token);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Target {target}, seed {Seed}, round {n}: {e.Message}", e);
            }

            (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(MostMemory, $"target {target}, seed {Seed}, round {n}");
        }
    }

    private static int HashCode(int seed, int round) => unchecked((seed * 486187739) + round);
}
