using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Netboot;
using BootDepot.Rack.Tests.Netboot.Rig;

namespace BootDepot.Rack.Tests.Netboot;

/// <summary>What firmware was seen to stop at over HTTP, one by one.</summary>
public sealed class FirmwareHttpTests
{
    private static readonly byte[] Kernel = Encoding.ASCII.GetBytes("kernel bytes");

    [Fact]
    public async Task P01_a_404_has_a_body_and_its_length_on_a_connection_that_stays_open()
    {
        await using var rig = await StartAsync();
        var answer = await rig.Http.GetAsync("/revocations_sku.efi");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(0);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Length.ShouldBeGreaterThan(0);
        answer.Headers.ConnectionClose.ShouldNotBe(true);
    }

    [Fact]
    public async Task What_grub_may_do_without_is_empty_rather_than_missing()
    {
        await using var rig = await StartAsync();
        foreach (var path in new[] { "/grub/x86_64-efi/command.lst", "/grub/grub.cfg-52:54:00:aa:bb:01", "/images/grub/x86_64-efi/fs.lst" })
        {
            var answer = await rig.Http.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            answer.Content.Headers.ContentLength.ShouldBe(0, path);
        }
    }

    [Fact]
    public async Task P02_head_answers_for_everything_that_get_does_with_the_same_length()
    {
        await using var rig = await StartAsync();
        foreach (var path in new[] { "/bootx64.efi", "/ipxe.cfg", "/ipxe.cfg-default-amd64", "/grub/grub.cfg", "/images/ubuntu/amd64/generic/noble/stable/boot-kernel", "/nothing" })
        {
            var get = await rig.Http.GetAsync(path);
            var head = await rig.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            head.StatusCode.ShouldBe(get.StatusCode, path);
            head.Content.Headers.ContentLength.ShouldBe(get.Content.Headers.ContentLength, path);
        }
    }

    [Fact]
    public async Task P03_there_are_lengths_and_never_chunks_nor_compression()
    {
        await using var rig = await StartAsync();
        foreach (var path in new[] { "/bootx64.efi", "/ipxe.cfg", "/ipxe.cfg-default-amd64", "/grub/grub.cfg", "/images/ubuntu/amd64/generic/noble/stable/boot-kernel", "/nothing" })
        {
            var raw = await RawAsync(rig, $"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\nTE: chunked\r\nConnection: close\r\n\r\n");
            raw.ShouldContain("Content-Length: ", customMessage: path);
            raw.ShouldNotContain("Transfer-Encoding", customMessage: path);
            raw.ShouldNotContain("Content-Encoding", customMessage: path);
        }
    }

    [Fact]
    public async Task P04_nothing_is_redirected()
    {
        await using var rig = await StartAsync();
        foreach (var path in new[] { "/", "/images", "/images/", "/grub", "/bootx64.efi/", "/images//bootx64.efi", "/IMAGES/x" })
            ((int)(await rig.Http.GetAsync(path)).StatusCode).ShouldBeOneOf(200, 404);
    }

    [Fact]
    public async Task P05_encoded_colons_double_slashes_and_backslashes_are_read()
    {
        await using var rig = await StartAsync();
        rig.Assign(new BootAssignment { Machine = MacAddress.Parse("52:54:00:aa:bb:01"), Mode = BootMode.Local });
        (await RawAsync(rig, "GET /ipxe.cfg-52%3A54%3A00%3Aaa%3Abb%3A01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldContain("sanboot");
        (await RawAsync(rig, "GET //bootx64.efi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldContain("shim bytes");
        (await RawAsync(rig, "GET \\images\\bootx64.efi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
        (await RawAsync(rig, "GET /images%5Cbootx64.efi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldContain("shim bytes");
    }

    [Fact]
    public async Task P06_urls_are_made_of_the_advertised_address_not_of_the_host_header()
    {
        await using var rig = await StartAsync((_, o) => o with { Advertise = new Uri("http://[2001:db8::1]:5248/") });
        rig.Assign(new BootAssignment { Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/noble") });
        var raw = await RawAsync(rig, "GET /grub/grub.cfg-default-x86_64 HTTP/1.1\r\nHost: 10.0.2.2\r\nConnection: close\r\n\r\n");
        raw.ShouldContain("root=squash:http://[2001:db8::1]:5248/images/");
        raw.ShouldNotContain("10.0.2.2");
    }

    [Fact]
    public async Task P12_http_1_0_is_answered_with_a_length_and_the_connection_closed()
    {
        await using var rig = await StartAsync();
        var raw = await RawAsync(rig, "GET /images/ubuntu/amd64/generic/noble/stable/boot-kernel HTTP/1.0\r\nHost: 10.0.2.2\r\nCookie: _Syslinux_BOOTIF=01-52-54-00-aa-bb-01\r\n\r\n");
        raw.ShouldContain($"Content-Length: {Kernel.Length}");
        raw.ShouldNotContain("Transfer-Encoding");
        raw.ShouldEndWith("kernel bytes");
    }

    [Fact]
    public async Task Ranges_are_served_and_what_has_a_digest_in_its_path_is_cached_for_ever_and_nothing_else()
    {
        await using var rig = await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/images/ubuntu/amd64/generic/noble/stable/boot-kernel");
        request.Headers.Range = new(7, null);
        var part = await rig.Http.SendAsync(request);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("bytes");
        part.Headers.CacheControl!.NoCache.ShouldBeTrue();

        var digest = part.Headers.ETag!.Tag.Trim('"');
        var whole = await rig.Http.GetAsync($"/images/{digest}/anything/at/all");
        (await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(Kernel);
        whole.Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Fact]
    public async Task Nothing_can_be_written_and_nothing_outside_be_read()
    {
        await using var rig = await StartAsync();
        (await rig.Http.PostAsync("/bootx64.efi", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await rig.Http.DeleteAsync("/bootx64.efi")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        foreach (var path in new[] { "/../../etc/passwd", "/images/%2e%2e/%2e%2e/etc/passwd", "/bootloader/uefi/amd64/..%2f..%2finstall-reports.key", "/..%5c..%5cetc%5cpasswd" })
            (await RawAsync(rig, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldMatch("^HTTP/1.1 40[04]");
    }

    private static async Task<NetbootRig> StartAsync(Func<NetbootRig, NetbootOptions, NetbootOptions>? change = null)
    {
        var rig = await NetbootRig.StartAsync(change);
        await rig.Images.AddImageAsync(
            "ubuntu", "noble", "20260309",
            [("boot-kernel", "boot-kernel", Kernel), ("boot-initrd", "boot-initrd", new byte[5]), ("squashfs", "squashfs", new byte[6])],
            subarch: "ga-24.04", number: "24.04");
        var folder = rig.Folder["loaders"];
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "bootx64.efi"), "shim bytes", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "grubx64.efi"), "grub bytes", TestContext.Current.CancellationToken);
        await rig.Images.AddLoadersAsync("uefi", "amd64", "1", ("all", folder));
        return rig;
    }

    private static async Task<string> RawAsync(NetbootRig rig, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, rig.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
