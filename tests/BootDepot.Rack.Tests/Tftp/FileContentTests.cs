using System;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>Files on a disk, as opposed to bytes in memory.</summary>
public sealed class FileContentTests
{
    private const int Skipped = 7;

    [Theory]
    [InlineData(0)]
    [InlineData(900_001)]
    public async Task A_file_is_sent_bit_for_bit_also_when_only_parts_of_it_are_in_memory(int length)
    {
        using var folder = new TempFolder();
        var all = TestServer.Bytes(length + Skipped);
        await File.WriteAllBytesAsync(folder["f"], all, TestContext.Current.CancellationToken);
        await using var server = Server(folder["f"], length);
        foreach (var (block, window) in new[] { ("512", "1"), ("1428", "16"), ("65464", "2") })
        {
            // In memory as a whole; then none of it; then a piece in the middle.
            foreach (var prepare in new[] { "cat f >/dev/null", "sync f; dd if=f iflag=nocache count=0", "dd if=f iflag=skip_bytes bs=4k count=50 skip=200k of=/dev/null" })
            {
                await Shell.RunAsync($"cd {folder.Path}; {prepare}");
                var got = new TftpClient(server.Address).Get("f", ("blksize", block), ("windowsize", window));
                got.AsSpan().SequenceEqual(all.AsSpan(Skipped)).ShouldBeTrue($"block {block}, window {window}, after {prepare}");
            }
        }
    }

    [Fact]
    public async Task A_file_that_became_shorter_ends_with_an_error()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["f"], TestServer.Bytes(200_000), TestContext.Current.CancellationToken);
        await using var server = Server(folder["f"], 300_000);
        Should.Throw<TftpErrorException>(() => new TftpClient(server.Address).Get("f", ("blksize", "1024")))
            .Text.ShouldBe("The file could not be read");
    }

    private static TestServer Server(string path, int length) => new(
        TestServer.Quick,
        (_, _) =>
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            file.Position = Skipped;
            return ValueTask.FromResult(TftpReply.File(file, length));
        });
}
