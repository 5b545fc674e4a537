using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.DiskImages.Check;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Tests;

/// <summary>What the first bytes of a file tell while the rest is on its way.</summary>
public sealed class EarlySignsTests(Corpus corpus)
{
    [Theory]
    [InlineData("efi.ddgz", "ddgz")]
    [InlineData("efi.ddxz", "ddxz")]
    [InlineData("efi.ddbz2", "ddbz2")]
    [InlineData("efi.raw", "ddraw")]
    [InlineData("bios.raw", "ddraw")]
    [InlineData("root.tgz", "tgz")]
    [InlineData("root.txz", "txz")]
    [InlineData("v3.qcow2", null)]
    [InlineData("stream.vmdk", null)]
    [InlineData("dynamic.vhd", null)]
    [InlineData("dynamic.vhdx", null)]
    [InlineData("dynamic.vdi", null)]
    [InlineData("v3.qcow2.gz", null)]
    [InlineData("image.iso", null)]
    [InlineData("image.squashfs", null)]
    [InlineData("archive.zip", null)]
    public async Task A_mebibyte_tells_what_most_files_are(string file, string? type)
    {
        var start = await StartAsync(file, 1 << 20);
        start.ShouldNotBeNull();
        (start.UploadType?.UploadName).ShouldBe(type);
    }

    // Whatever is refused early would be refused in the end, with the same type to use instead.
    [Theory]
    [InlineData(4096)]
    [InlineData(40_000)]
    [InlineData(300_000)]
    [InlineData(1 << 20)]
    public async Task What_is_told_early_holds_for_the_whole_file(int length)
    {
        var told = 0;
        foreach (var file in IdentifyTests.Files.Select(row => row.Data.Item1))
        {
            if (await StartAsync(file, length) is not { } start)
                continue;
            told++;
            await using var stream = corpus.Open(file);
            var whole = await DiskImageInspector.IdentifyAsync(stream, TestContext.Current.CancellationToken);
            foreach (var declared in FileType.Uploadable)
            {
                var early = DeclaredType.Check(declared, null, start, force: false) as TypeVerdict.Refused;
                var late = DeclaredType.Check(declared, null, whole, force: false) as TypeVerdict.Refused;
                if (early is null)
                    continue;
                late.ShouldNotBeNull($"{file} as {declared.UploadName}: {start} and {whole}");
                if (whole.RefusalOrNull is null)
                    early.RightType.ShouldBe(late.RightType, $"{file} as {declared.UploadName}: {start} and {whole}");
            }
        }

        told.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Root_file_systems_and_disks_in_archives_are_told_apart_by_their_first_member()
    {
        var path = Path.Combine(Path.GetTempPath(), $"bootdepot-early-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path);
        try
        {
            await Corpus.RunAsync("bash", "-c", $"cd {path}; mkdir -p root/boot root/etc root/usr root/var; gzip -c {corpus["bios.raw"]} >root/boot/initrd.img; head -c 3M /dev/urandom >root/boot/vmlinuz; tar -C root -czf image ./boot/initrd.img ./boot/vmlinuz ./etc ./usr ./var; tar -C root/boot -cf two initrd.img vmlinuz; cp {corpus["bios.raw"]} disk; truncate -s 200M disk; tar -czf ddtgz disk");
            var image = await File.ReadAllBytesAsync(Path.Combine(path, "image"), TestContext.Current.CancellationToken);
            var start = await DiskImageInspector.IdentifyStartOrNullAsync(image.AsMemory(0, 1 << 20), image.Length, TestContext.Current.CancellationToken);
            (start?.UploadType?.UploadName).ShouldBe("tgz");
            var packed = await File.ReadAllBytesAsync(Path.Combine(path, "ddtgz"), TestContext.Current.CancellationToken);
            start = await DiskImageInspector.IdentifyStartOrNullAsync(packed.AsMemory(0, 60_000), packed.Length, TestContext.Current.CancellationToken);
            (start?.UploadType?.UploadName).ShouldBe("ddtgz");
            // An archive that seems to have one member may have another one behind it.
            var two = await File.ReadAllBytesAsync(Path.Combine(path, "two"), TestContext.Current.CancellationToken);
            (await DiskImageInspector.IdentifyStartOrNullAsync(two.AsMemory(0, 4096), two.Length, TestContext.Current.CancellationToken)).ShouldBeNull();
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private async Task<Identification?> StartAsync(string file, int length)
    {
        var bytes = await File.ReadAllBytesAsync(corpus[file], TestContext.Current.CancellationToken);
        return await DiskImageInspector.IdentifyStartOrNullAsync(
            bytes.AsMemory(0, Math.Min(length, bytes.Length)), bytes.Length, TestContext.Current.CancellationToken);
    }
}
