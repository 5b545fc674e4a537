using System;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>Clients that others wrote: tftp-hpa, atftp and curl. See also <see cref="OtherClientsMatrixTests" />.</summary>
public sealed class OtherClientsTests
{
    [Theory]
    [InlineData("curl -fsS --tftp-blksize 1468 tftp://127.0.0.1:PORT/boot/image -o got")]
    [InlineData("curl -fsS --tftp-no-options tftp://127.0.0.1:PORT/boot/image -o got")]
    [InlineData("curl -fsS --tftp-blksize 65464 tftp://127.0.0.1:PORT/boot/image -o got")]
    [InlineData("tftp -m binary 127.0.0.1 PORT -c get /boot/image got")]
    [InlineData("atftp -g -r boot/image -l got 127.0.0.1 PORT")]
    [InlineData("atftp -g -r boot/image -l got --option 'blksize 1428' --option 'windowsize 16' --option 'tsize 0' 127.0.0.1 PORT")]
    [InlineData("atftp -g -r boot/image -l got --option 'blksize 8192' --option 'windowsize 5' --option 'timeout 2' 127.0.0.1 PORT")]
    public async Task They_get_the_file_bit_for_bit(string command)
    {
        await using var server = new TestServer();
        using var folder = new TempFolder();
        server.Files["boot/image"] = server.Files["/boot/image"] = TestServer.Bytes(3_000_017);
        await Shell.RunAsync($"cd {folder.Path} && timeout 60 {command.Replace("PORT", $"{server.Address.Port}", StringComparison.Ordinal)}");
        (await File.ReadAllBytesAsync(folder["got"], TestContext.Current.CancellationToken)).AsSpan().SequenceEqual(server.Files["boot/image"]).ShouldBeTrue();
    }

    [Fact]
    public async Task They_say_that_a_missing_file_is_missing()
    {
        await using var server = new TestServer();
        var port = server.Address.Port;
        using var folder = new TempFolder();
        (await Shell.RunAsync($"cd {folder.Path}; curl -sS tftp://127.0.0.1:{port}/x -o got 2>&1; echo $?")).ShouldContain("68"); // TFTP: file not found
        (await Shell.RunAsync($"cd {folder.Path}; tftp -m binary 127.0.0.1 {port} -c get x got 2>&1; true")).ShouldContain("There is no such file");
        (await Shell.RunAsync($"cd {folder.Path}; tftp -m ascii 127.0.0.1 {port} -c get x got 2>&1; true")).ShouldContain("octet (binary) mode");
        (await Shell.RunAsync($"cd {folder.Path}; atftp -g -r x -l got 127.0.0.1 {port} 2>&1; true")).ShouldContain("no such file", Case.Insensitive);
        (await Shell.RunAsync($"cd {folder.Path}; echo x >up; curl -sS -T up tftp://127.0.0.1:{port}/up 2>&1; echo $?")).ShouldContain("69"); // access violation
    }
}
