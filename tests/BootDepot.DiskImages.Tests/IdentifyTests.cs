using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify;

namespace BootDepot.DiskImages.Tests;

public sealed class IdentifyTests(Corpus corpus)
{
    private const string Disk = "raw disk, GPT, amd64 EFI";

    /// <summary>File, chain, upload type, code of the refusal.</summary>
    public static TheoryData<string, string, string?, string?> Files { get; } =
        new()
        {
            // disks
            { "efi.raw", Disk, "ddraw", null },
            { "arm64.raw", "raw disk, GPT, arm64 EFI", "ddraw", null },
            { "both.raw", "raw disk, GPT, amd64 EFI + BIOS (GRUB)", "ddraw", null },
            { "bios.raw", "raw disk, MBR, BIOS (GRUB)", "ddraw", null },
            { "unbootable.raw", "raw disk, GPT, nothing to boot found", "ddraw", null },
            { "efi.ddgz", $"gzip({Disk})", "ddgz", null },
            { "members.ddgz", $"gzip({Disk})", "ddgz", null },
            { "efi.ddbz2", $"bzip2({Disk})", "ddbz2", null },
            { "streams.ddbz2", $"bzip2({Disk})", "ddbz2", null },
            { "efi.ddxz", $"xz({Disk})", "ddxz", null },
            { "streams.ddxz", $"xz({Disk})", "ddxz", null },
            { "efi.zst", $"zstd({Disk})", null, null },
            { "efi.ddtar", $"tar({Disk})", "ddtar", null },
            { "pax.ddtar", $"tar({Disk})", "ddtar", null },
            { "gnu.ddtar", $"tar({Disk})", "ddtar", null },
            { "v7.ddtar", $"tar({Disk})", "ddtar", null },
            { "efi.ddtgz", $"gzip(tar({Disk}))", "ddtgz", null },
            { "efi.ddtbz", $"bzip2(tar({Disk}))", "ddtbz", null },
            { "efi.ddtxz", $"xz(tar({Disk}))", "ddtxz", null },
            { "efi.tar.zst", $"zstd(tar({Disk}))", null, null },
            // root file systems and other archives
            { "root.tgz", "gzip(tar(root file system, amd64))", "tgz", null },
            { "named.tgz", "gzip(tar(root file system, amd64))", "tgz", null },
            { "root.tbz", "bzip2(tar(root file system, amd64))", "tbz", null },
            { "root.txz", "xz(tar(root file system, amd64))", "txz", null },
            { "root.tar", "tar(root file system, amd64)", null, null },
            { "root.tar.zst", "zstd(tar(root file system, amd64))", null, null },
            { "two.tar", "tar(files (efi.raw, bios.raw))", null, null },
            { "notes.tar", "tar(files (installer.bin, script.sh))", null, null },
            { "sparse.ddtar", "tar(unknown (a member in GNU tar's sparse form, which is not looked into))", null, null },
            // no disks
            { "image.squashfs", "squashfs", null, null },
            { "image.iso", "ISO 9660 image", null, null },
            { "bare.ext4", "bare ext file system", null, null },
            { "bare.ext4.gz", "gzip(bare ext file system)", null, null },
            { "bare.fat", "bare fat file system", null, null },
            { "installer.bin", "self-extracting installer", "self-extracting", null },
            { "script.sh", "shell script", null, null },
            { "archive.zip", "unknown (a zip archive)", null, null },
            { "noise", "unknown (no known signature, no partition table)", null, null },
            { "zeros", "unknown (it begins with zeros)", null, null },
            { "empty", "unknown (no bytes)", null, null },
            // virtual disks
            { "v2.qcow2", $"qcow2 v2({Disk})", null, null },
            { "v3.qcow2", $"qcow2 v3({Disk})", null, null },
            { "compressed.qcow2", $"qcow2 v3({Disk})", null, null },
            { "zstd.qcow2", $"qcow2 v3 with zstd clusters({Disk})", null, null },
            { "extended.qcow2", $"qcow2 v3 with extended L2({Disk})", null, null },
            { "small-clusters.qcow2", "qcow2 v3(raw disk, GPT, amd64 EFI + BIOS (GRUB))", null, null },
            { "bare-inside.qcow2", "qcow2 v3(bare ext file system)", null, null },
            { "sparse.vmdk", $"vmdk monolithicSparse({Disk})", null, null },
            { "stream.vmdk", $"vmdk streamOptimized({Disk})", null, null },
            { "fixed.vhd", $"vhd fixed({Disk})", null, null },
            { "dynamic.vhd", $"vhd dynamic({Disk})", null, null },
            { "dynamic.vhdx", $"vhdx({Disk})", null, null },
            { "fixed.vhdx", $"vhdx({Disk})", null, null },
            { "dynamic.vdi", $"vdi dynamic({Disk})", null, null },
            { "static.vdi", $"vdi static({Disk})", null, null },
            { "machine.ova", $"tar(OVA(vmdk streamOptimized({Disk})))", null, null },
            { "two-disks.ova", "tar(OVA(2 disks))", null, null },
            { "v3.qcow2.gz", $"gzip(qcow2 v3({Disk}))", null, null },
            { "v3.qcow2.tar", $"tar(qcow2 v3({Disk}))", null, null },
            // cut off
            { "cut.ddgz", "damaged gzip", null, "image-truncated" },
            { "cut.ddbz2", "damaged bzip2", null, "image-truncated" },
            { "cut.ddxz", "damaged xz", null, "image-truncated" },
            { "cut.zst", "damaged zstd", null, "image-truncated" },
            { "cut.ddtar", "damaged tar", null, "image-truncated" },
            { "half.ddtgz", "damaged gzip", null, "image-truncated" },
            { "cut.raw", "damaged a raw disk", null, "image-truncated" },
            { "cut.qcow2", "damaged qcow2", null, "image-truncated" },
            { "cut-compressed.qcow2", "damaged qcow2", null, "image-truncated" },
            { "head.qcow2", "damaged qcow2", null, "image-truncated" },
            { "cut.vmdk", "damaged vmdk", null, "image-truncated" },
            { "cut-stream.vmdk", "damaged vmdk", null, "image-truncated" },
            { "cut.vhd", "damaged vhd", null, "image-truncated" },
            { "cut.vhdx", "damaged vhdx", null, "image-truncated" },
            { "cut.vdi", "damaged vdi", null, "image-truncated" },
            // files that would make a tool read others
            { "backing.qcow2", "qcow2 v3", null, "image-has-backing-file" },
            { "passwd.qcow2", "qcow2 v3", null, "image-has-backing-file" },
            { "json.qcow2", "qcow2 v3", null, "image-has-backing-file" },
            { "passwd.qcow2.gz", "gzip(qcow2 v3)", null, "image-has-backing-file" },
            { "passwd.qcow2.tar", "tar(qcow2 v3)", null, "image-has-backing-file" },
            { "data-file.qcow2", "qcow2 v3", null, "image-has-external-data" },
            { "raw-data-file.qcow2", "qcow2 v3", null, "image-has-external-data" },
            { "data-file.qcow2.gz", "gzip(qcow2 v3)", null, "image-has-external-data" },
            { "backing.vmdk", "vmdk monolithicSparse", null, "image-has-backing-file" },
            { "flat.vmdk", "vmdk monolithicFlat description", null, "image-has-external-data" },
            { "passwd.vmdk", "vmdk monolithicFlat description", null, "image-has-external-data" },
            { "hidden.vmdk", "vmdk monolithicFlat description", null, "image-has-external-data" },
            { "embedded.vmdk", "vmdk monolithicFlat", null, "image-has-external-data" },
            { "two-extents.vmdk", "vmdk monolithicSparse", null, "image-has-external-data" },
            { "parent.vdi", "vdi dynamic", null, "image-has-backing-file" },
            { "luks.qcow2", "qcow2 v3", null, "image-is-encrypted" },
            // two things at once
            { "qcow2-mbr.img", "damaged several formats", null, "image-ambiguous" },
            { "qcow2-vhd.img", "damaged several formats", null, "image-ambiguous" },
            { "qcow2-vdi.img", "damaged several formats", null, "image-ambiguous" },
            { "qcow2-iso.img", "damaged several formats", null, "image-ambiguous" },
            { "vmdk-iso.img", "damaged several formats", null, "image-ambiguous" },
            { "nested.qcow2", "qcow2 v3(damaged several formats)", null, "image-ambiguous" },
            { "nested.vmdk", "vmdk monolithicSparse(damaged several formats)", null, "image-ambiguous" },
            // absurd headers
            { "cluster-bits.qcow2", "damaged qcow2", null, "image-damaged" },
            { "huge-l1.qcow2", "damaged qcow2", null, "image-damaged" },
            { "huge-size.qcow2", "damaged qcow2", null, "image-damaged" },
            { "l1-far.qcow2", "damaged qcow2", null, "image-truncated" },
            { "corrupt.qcow2", "damaged qcow2", null, "image-damaged" },
            { "unknown-feature.qcow2", "qcow2 v3", null, "image-unsupported-variant" },
            { "version9.qcow2", "qcow2 v9", null, "image-unsupported-variant" },
            { "ftp.vmdk", "damaged vmdk", null, "image-damaged" },
            { "huge-descriptor.vmdk", "vmdk sparse", null, "image-unsupported-variant" },
            { "tiny-grains.vmdk", "damaged vmdk", null, "image-damaged" },
            { "bad-sum.vhd", "damaged vhd", null, "image-damaged" },
            { "bad-sum.vhdx", "damaged vhdx", null, "image-damaged" },
            { "cut-head.vhdx", "damaged vhdx", null, "image-damaged" },
            { "huge-blocks.vdi", "damaged vdi", null, "image-damaged" },
            { "bad-sum.raw", "damaged a raw disk", null, "image-damaged" },
            { "bad-entries.raw", "damaged a raw disk", null, "image-damaged" },
            { "no-table.raw", "damaged a raw disk", null, "image-damaged" },
            { "nested.gz", "gzip(gzip(gzip(gzip(gzip(damaged containers in containers)))))", null, "image-nested-too-deep" },
            { "bomb.zst", "zstd(unknown (it begins with zeros))", null, null },
            { "bomb.zst.zst", "zstd(zstd(unknown (it begins with zeros)))", null, null },
            { "bomb.gz", "gzip(unknown (it begins with zeros))", null, null },
            { "many.tar", "tar(files (many/, many/1, many/10))", null, null },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_file_of_the_corpus_is_what_its_bytes_say(string name, string chain, string? type, string? refusal)
    {
        await using var file = corpus.Open(name);

        var found = await DiskImageInspector.IdentifyAsync(file, TestContext.Current.CancellationToken);

        found.Found.Describe().ShouldBe(chain);
        (found.UploadType?.UploadName).ShouldBe(type);
        (found.RefusalOrNull?.Code).ShouldBe(refusal);
        found.FileSize.ShouldBe(file.Length);
    }

    [Theory]
    [InlineData("efi.raw", "ddraw")]
    [InlineData("efi.ddgz", "ddgz")]
    [InlineData("efi.ddtgz", "ddtgz")]
    [InlineData("efi.ddtxz", "ddtxz")]
    [InlineData("root.tbz", "tbz")]
    [InlineData("installer.bin", "self-extracting")]
    public async Task A_forward_only_stream_is_enough_for_the_type(string name, string type)
    {
        await using var file = corpus.Open(name);
        await using var stream = new Downloading(file);

        var found = await DiskImageInspector.IdentifyAsync(stream, TestContext.Current.CancellationToken);

        (found.UploadType?.UploadName).ShouldBe(type);
        found.FileSize.ShouldBeNull();
    }

    [Fact]
    public async Task Only_as_much_of_a_download_is_read_as_is_needed()
    {
        await using var file = corpus.Open("efi.raw");
        await using var stream = new Downloading(file);

        var found = await DiskImageInspector.IdentifyAsync(stream, TestContext.Current.CancellationToken);

        found.Found.Describe().ShouldBe(Disk);
        stream.BytesRead.ShouldBeLessThan(2 << 20);
    }

    [Fact]
    public async Task The_layout_of_a_disk_is_told()
    {
        await using var file = corpus.Open("both.raw");

        var found = await DiskImageInspector.IdentifyAsync(file, TestContext.Current.CancellationToken);

        var layout = found.Found.ShouldBeOfType<RawDiskFound>().Layout;
        layout.Table.ShouldBe(PartitionTable.Gpt);
        layout.SectorSize.ShouldBe(512);
        layout.Size.ShouldBe(20L << 20);
        layout.Partitions.Count.ShouldBe(2);
        layout.Partitions[0].ShouldBe(
            new Partition(1 << 20, 6 << 20, PartitionKind.EfiSystem, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "")
        );
        layout.Partitions[1].Kind.ShouldBe(PartitionKind.Linux);
        layout.Efi.ShouldBe([new EfiProgram("EFI/BOOT/BOOTX64.EFI", "amd64", "shim")]);
        layout.Bios.ShouldBe(BiosBootCode.Grub);
        found.Architectures.ShouldBe(["amd64"]);
        found.DiskSize.ShouldBe(20L << 20);
    }

    [Fact]
    public async Task A_disk_that_boots_nothing_is_warned_about()
    {
        await using var file = corpus.Open("unbootable.raw");

        var found = await DiskImageInspector.IdentifyAsync(file, TestContext.Current.CancellationToken);

        found.Warnings.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.NoBootLoader);
    }

    [Fact]
    public async Task A_vhdx_with_a_parent_is_refused()
    {
        // Flag 2 of the file parameters, the item of the metadata that begins with the block size.
        var bytes = await File.ReadAllBytesAsync(corpus["dynamic.vhdx"], TestContext.Current.CancellationToken);
        var id = new Guid("CAA16737-FA36-4D43-B3B6-33F0AA44E76B").ToByteArray();
        var table = bytes.AsSpan().IndexOf("metadata"u8);
        var entry = table + bytes.AsSpan(table).IndexOf(id);
        bytes[table + BitConverter.ToInt32(bytes, entry + 16) + 4] |= 2;

        var found = await DiskImageInspector.IdentifyAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken);

        (found.RefusalOrNull?.Code).ShouldBe(FaultCodes.BackingFile);
    }

    [Fact]
    public async Task A_differencing_vhd_is_refused()
    {
        var bytes = await File.ReadAllBytesAsync(corpus["dynamic.vhd"], TestContext.Current.CancellationToken);
        bytes[63] = 4;
        // The checksum falls as the sum rises.
        bytes[67]--;

        var found = await DiskImageInspector.IdentifyAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken);

        (found.RefusalOrNull?.Code).ShouldBe(FaultCodes.BackingFile);
    }

    [Fact]
    public async Task A_tar_member_of_eight_exabytes_is_refused()
    {
        var bytes = new byte[4096];
        (await File.ReadAllBytesAsync(corpus["efi.ddtar"], TestContext.Current.CancellationToken)).AsSpan(0, 512).CopyTo(bytes);
        bytes.AsSpan(124, 12).Fill(0xff);
        bytes.AsSpan(124, 5).Clear();
        (bytes[124], bytes[128]) = (0x80, 0x7f);
        bytes.AsSpan(148, 8).Fill((byte)' ');
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(bytes.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes, 148);

        var found = await DiskImageInspector.IdentifyAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken);

        (found.RefusalOrNull?.Code).ShouldBe(FaultCodes.Truncated);
    }

    [Fact]
    public async Task A_bomb_costs_no_more_than_the_limit()
    {
        await using var file = corpus.Open("bomb.gz");
        var limits = new InspectionLimits { UnpackedBytes = 4 << 20 };

        var found = await DiskImageInspector.IdentifyAsync(file, limits, TestContext.Current.CancellationToken);

        found.Found.Describe().ShouldBe("gzip(unknown (it begins with zeros))");
        file.Position.ShouldBeLessThan(file.Length / 2);
    }

    [Fact]
    public async Task What_lies_beyond_the_limit_is_said_to_be_unseen()
    {
        await using var file = corpus.Open("efi.ddgz");
        var limits = new InspectionLimits { UnpackedBytes = 512 << 10 };

        var found = await DiskImageInspector.IdentifyAsync(file, limits, TestContext.Current.CancellationToken);

        (found.UploadType?.UploadName).ShouldBe("ddgz");
        found.Warnings.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.InspectionLimit);
    }

    [Fact]
    public async Task A_structure_that_needs_too_many_reads_ends_the_inspection()
    {
        await using var file = corpus.Open("many.tar");

        var found = await DiskImageInspector.IdentifyAsync(
            file,
            new InspectionLimits { Reads = 100 },
            TestContext.Current.CancellationToken
        );

        (found.RefusalOrNull?.Code).ShouldBe(FaultCodes.InspectionLimit);
    }

    private sealed class Downloading(Stream inner) : Compression.ReadOnlyStream
    {
        public long BytesRead { get; private set; }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            System.Threading.CancellationToken cancellationToken = default
        )
        {
            // A socket gives little at a time.
            var got = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, 5000)], cancellationToken);
            BytesRead += got;
            return got;
        }
    }
}
