namespace BootDepot.DiskImages.Tests;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("alma9.tar.gz", "tgz")]
    [InlineData("ubuntu-24.04-custom.tgz", "tgz")]
    [InlineData("root.tbz2", "tbz")]
    [InlineData("root.tar.xz", "txz")]
    [InlineData("WINDOWS.DD.GZ", "ddgz")]
    [InlineData("custom-ubuntu-lvm.dd.gz", "ddgz")]
    [InlineData("disk.img.gz", "ddgz")]
    [InlineData("disk.dd.tar.gz", "ddtgz")]
    [InlineData("disk.ddtgz", "ddtgz")]
    [InlineData("disk.dd.tar", "ddtar")]
    [InlineData("disk.dd.tar.xz", "ddtxz")]
    [InlineData("disk.dd.tar.bz2", "ddtbz")]
    [InlineData("disk.dd.bz2", "ddbz2")]
    [InlineData("disk.img.xz", "ddxz")]
    [InlineData("a folder/disk.raw", "ddraw")]
    [InlineData("onie-installer.bin", "self-extracting")]
    public void The_natural_extensions_say_the_type(string name, string type) =>
        FileNames.GuessOrNull(name)?.UploadName.ShouldBe(type);

    [Theory]
    [InlineData("disk.qcow2")]
    [InlineData("README")]
    [InlineData(".tgz")]
    [InlineData("tgz")]
    [InlineData("")]
    public void Other_names_say_nothing(string name) => FileNames.GuessOrNull(name).ShouldBeNull();
}
