using System.Threading.Tasks;
using BootDepot.DiskImages.Check;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Tests;

public sealed class DeclaredTypeTests(Corpus corpus)
{
    private async Task<TypeVerdict> CheckAsync(string file, string type, bool force = false, string architecture = "amd64/generic")
    {
        await using var stream = corpus.Open(file);
        var found = await DiskImageInspector.IdentifyAsync(stream, TestContext.Current.CancellationToken);
        return DeclaredType.Check(FileType.FindUploadOrNull(type)!, Architecture.Parse(architecture), found, force);
    }

    [Theory]
    [InlineData("root.tgz", "tgz")]
    [InlineData("root.tbz", "tbz")]
    [InlineData("root.txz", "txz")]
    [InlineData("efi.ddtgz", "ddtgz")]
    [InlineData("efi.ddtar", "ddtar")]
    [InlineData("efi.ddtbz", "ddtbz")]
    [InlineData("efi.ddtxz", "ddtxz")]
    [InlineData("efi.raw", "ddraw")]
    [InlineData("efi.ddgz", "ddgz")]
    [InlineData("efi.ddbz2", "ddbz2")]
    [InlineData("efi.ddxz", "ddxz")]
    [InlineData("installer.bin", "self-extracting")]
    public async Task A_right_declaration_is_accepted(string file, string type) =>
        (await CheckAsync(file, type)).ShouldBeOfType<TypeVerdict.Accepted>().Warnings.ShouldBeEmpty();

    [Theory]
    [InlineData("efi.ddgz", "ddtgz", "ddgz")]
    [InlineData("efi.ddtgz", "ddgz", "ddtgz")]
    [InlineData("efi.ddgz", "tgz", "ddgz")]
    [InlineData("root.tgz", "ddtgz", "tgz")]
    [InlineData("root.tgz", "txz", "tgz")]
    [InlineData("efi.ddxz", "ddgz", "ddxz")]
    [InlineData("efi.raw", "ddgz", "ddraw")]
    [InlineData("efi.ddtar", "ddraw", "ddtar")]
    [InlineData("installer.bin", "ddraw", "self-extracting")]
    public async Task A_wrong_declaration_is_refused_with_the_right_type(string file, string declared, string right)
    {
        var refused = (await CheckAsync(file, declared)).ShouldBeOfType<TypeVerdict.Refused>();

        refused.Fault.Code.ShouldBe(FaultCodes.TypeMismatch);
        refused.Fault.Message.ShouldContain($"declared as {declared} but is ");
        refused.Fault.Message.ShouldContain($"filetype={right}");
        (refused.RightType?.UploadName).ShouldBe(right);
    }

    [Theory]
    [InlineData("v3.qcow2", "ddraw")]
    [InlineData("v3.qcow2.gz", "ddgz")]
    [InlineData("stream.vmdk", "ddraw")]
    [InlineData("fixed.vhd", "ddraw")]
    [InlineData("machine.ova", "ddtar")]
    [InlineData("image.iso", "ddraw")]
    [InlineData("image.squashfs", "tgz")]
    [InlineData("bare.ext4.gz", "ddgz")]
    [InlineData("archive.zip", "ddraw")]
    [InlineData("efi.zst", "ddgz")]
    [InlineData("root.tar.zst", "tgz")]
    [InlineData("two.tar", "ddtar")]
    public async Task What_is_no_upload_type_is_refused_with_what_to_do(string file, string declared)
    {
        var refused = (await CheckAsync(file, declared)).ShouldBeOfType<TypeVerdict.Refused>();

        refused.Fault.Code.ShouldBe(FaultCodes.TypeMismatch);
        refused.RightType.ShouldBeNull();
    }

    [Theory]
    [InlineData("noise", "ddraw")]
    [InlineData("zeros", "ddraw")]
    [InlineData("empty", "tgz")]
    [InlineData("bomb.gz", "ddgz")]
    [InlineData("sparse.ddtar", "ddtar")]
    [InlineData("noise", "self-extracting")]
    public async Task Bytes_that_say_nothing_are_left_to_the_declaration(string file, string declared) =>
        (await CheckAsync(file, declared)).ShouldBeOfType<TypeVerdict.Unknown>().Fault.Code.ShouldBe(FaultCodes.NotRecognised);

    [Theory]
    [InlineData("efi.ddgz", "ddtgz")]
    [InlineData("cut.raw", "ddraw")]
    [InlineData("bare.ext4.gz", "ddgz")]
    public async Task Force_keeps_the_declaration_and_says_what_is_wrong(string file, string declared) =>
        (await CheckAsync(file, declared, force: true)).ShouldBeOfType<TypeVerdict.Accepted>().Warnings.ShouldNotBeEmpty();

    [Theory]
    [InlineData("passwd.qcow2", FaultCodes.BackingFile)]
    [InlineData("data-file.qcow2", FaultCodes.ExternalData)]
    [InlineData("embedded.vmdk", FaultCodes.ExternalData)]
    [InlineData("qcow2-mbr.img", FaultCodes.Ambiguous)]
    public async Task Force_does_not_help_a_file_that_reads_others(string file, string code)
    {
        var refused = (await CheckAsync(file, "ddraw", force: true)).ShouldBeOfType<TypeVerdict.Refused>();

        refused.Fault.Code.ShouldBe(code);
        refused.CanForce.ShouldBeFalse();
    }

    [Theory]
    [InlineData("arm64.raw", "amd64/generic", true)]
    [InlineData("arm64.raw", "arm64/generic", false)]
    [InlineData("efi.raw", "amd64/hwe-24.04", false)]
    public async Task Programs_for_another_architecture_are_warned_about(string file, string architecture, bool warned)
    {
        var accepted = (await CheckAsync(file, "ddraw", architecture: architecture)).ShouldBeOfType<TypeVerdict.Accepted>();

        if (warned)
            accepted.Warnings.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.ArchitectureMismatch);
        else
            accepted.Warnings.ShouldBeEmpty();
    }
}
