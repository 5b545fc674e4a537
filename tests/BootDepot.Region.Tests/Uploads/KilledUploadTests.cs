using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>
/// A large sparse file whose client is killed ten times and whose server three times. 1 GiB, or as many as
/// <c>BOOTDEPOT_UPLOAD_GIB</c> says (20 for the full measure; needs that much room twice).
/// </summary>
[Trait("Category", "Slow")]
public sealed class KilledUploadTests(ITestOutputHelper output) : IDisposable
{
    private const int Chunk = 4 << 20;
    private const int ClientKills = 10;
    private const int ServerKills = 3;
    private const long MaxResent = 64L << 20;
    private const int MaxResidentMiB = 200;

    private readonly TempFolder _folder = new();
    private readonly long _size = (long)(double.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_UPLOAD_GIB") ?? "1", CultureInfo.InvariantCulture) * (1 << 30)) + 12345;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("maas")]
    [InlineData("tus")]
    public async Task Nothing_starts_over_and_the_file_is_right(string protocol)
    {
        var source = _folder["disk"];
        await Shell.RunAsync($"truncate -s {_size} {source}; for at in 0 100 300 700 1000; do head -c 100000 /dev/urandom | dd of={source} bs=1M seek=$at conv=notrunc status=none; done; truncate -s {_size} {source}");
        string sha256;
        await using (var file = File.OpenRead(source))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
        await using var server = new RegionProcess(_folder["data"]);
        await server.StartAsync();
        var path = protocol == "tus" ? await CreateTusAsync(server, sha256) : await CreateMaasAsync(server, sha256);
        var sent = 0L;
        var events = 0;
        var peak = 0;
        var wait = TimeSpan.Zero;
        // Cuts are spread over the file; every fourth kills the server.
        long NextCut() => events < ClientKills + ServerKills ? _size / (ClientKills + ServerKills + 1) * (events + 1) : long.MaxValue;
        for (var offset = await OffsetAsync(server, path); offset < _size; offset = await OffsetAsync(server, path))
        {
            var length = protocol == "tus" ? _size - offset : Math.Min(Chunk, _size - offset);
            var cut = offset + length > NextCut() ? Math.Max(1, Math.Min(length - 1, NextCut() - offset)) : length;
            sent += await SendAsync(server, protocol, path, source, offset, length, cut);
            if (cut == length)
                continue;
            peak = Math.Max(peak, server.PeakResidentMiB());
            if (events++ % 4 == 3)
            {
                await server.KillAndStartAsync();
                wait = TimeSpan.FromTicks(Math.Max(wait.Ticks, (await TimeOneMebibyteAsync()).Ticks));
            }
        }

        // After a kill, from the question where to go on to the answer to the next bytes: what came before is not read again.
        async Task<TimeSpan> TimeOneMebibyteAsync()
        {
            var began = Stopwatch.GetTimestamp();
            var offset = await OffsetAsync(server, path);
            sent += await SendAsync(server, protocol, path, source, offset, 1 << 20, 1 << 20);
            return Stopwatch.GetElapsedTime(began);
        }

        peak = Math.Max(peak, server.PeakResidentMiB());
        output.WriteLine($"{protocol}: {_size >> 20} MiB, {events} kills, re-sent {(sent - _size) >> 10} KiB, peak {peak} MiB resident, at most {wait.TotalSeconds:0.0} s after kill -9 until bytes were taken");
        events.ShouldBe(ClientKills + ServerKills);
        (sent - _size).ShouldBeLessThanOrEqualTo(MaxResent);
        peak.ShouldBeLessThan(MaxResidentMiB);
        var blob = Path.Combine(_folder["data"], "blobs", "sha256", sha256[..2], sha256);
        await Shell.RunAsync($"cmp {source} {blob}");
        var (_, body) = await RequestAsync(server, "GET", "/MAAS/api/2.0/uploads/", "");
        JsonDocument.Parse(body).RootElement[0].GetProperty("state").GetString().ShouldBe("complete");
    }

    private async Task<string> CreateTusAsync(RegionProcess server, string sha256)
    {
        var metadata = UploadClient.Metadata(("name", "custom/huge"), ("architecture", "amd64/generic"), ("sha256", sha256), ("filetype", "ddraw"), ("force", "true"));
        var (head, _) = await RequestAsync(server, "POST", "/MAAS/uploads/", $"Tus-Resumable: 1.0.0\r\nUpload-Length: {_size}\r\nUpload-Metadata: {metadata}\r\nContent-Length: 0\r\n");
        return Header(head, "Location");
    }

    private async Task<string> CreateMaasAsync(RegionProcess server, string sha256)
    {
        var form = $"name=custom/huge&architecture=amd64/generic&sha256={sha256}&size={_size}&filetype=ddraw&force=true";
        var (_, body) = await RequestAsync(server, "POST", "/MAAS/api/2.0/boot-resources/", $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n", form);
        return JsonDocument.Parse(body).RootElement.GetProperty("sets").EnumerateObject().Single().Value
            .GetProperty("files").EnumerateObject().Single().Value.GetProperty("upload_uri").GetString()!;
    }

    private static async Task<long> OffsetAsync(RegionProcess server, string path)
    {
        var (head, _) = await RequestAsync(server, "HEAD", path, "Tus-Resumable: 1.0.0\r\n");
        return long.Parse(Header(head, "Upload-Offset"), CultureInfo.InvariantCulture);
    }

    // Bytes that went out. A cut closes the connection after that many, as the system does for a killed client.
    private static async Task<long> SendAsync(
        RegionProcess server, string protocol, string path, string source, long offset, long length, long cut)
    {
        using var socket = await ConnectAsync(server);
        var stream = socket.GetStream();
        var head = protocol == "tus"
            ? $"PATCH {path} HTTP/1.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
            : $"PUT {path} HTTP/1.1\r\nContent-Range: bytes {offset}-{offset + length - 1}/*\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}Host: x\r\nConnection: close\r\nAuthorization: {RegionFixture.Sign(server.AdminKey)}\r\nContent-Length: {length}\r\n\r\n"));
        await using var file = File.OpenRead(source);
        file.Position = offset;
        var buffer = new byte[1 << 20];
        for (var left = cut; left > 0;)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)));
            await stream.WriteAsync(buffer.AsMemory(0, count));
            left -= count;
        }

        if (cut == length)
        {
            using var reader = new StreamReader(stream);
            var answer = await reader.ReadToEndAsync();
            // A busy machine may still be at the request that was cut; it says when to come again.
            if (!answer.Contains("Retry-After: ", StringComparison.Ordinal))
                answer.ShouldStartWith("HTTP/1.1 20");
        }

        return cut;
    }

    private static string Header(string head, string name) =>
        head.Split("\r\n").First(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..].Trim();

    private static async Task<TcpClient> ConnectAsync(RegionProcess server)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port);
        return socket;
    }

    private static async Task<(string Head, string Body)> RequestAsync(
        RegionProcess server, string method, string path, string headers, string body = "")
    {
        using var socket = await ConnectAsync(server);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {RegionFixture.Sign(server.AdminKey)}\r\n{headers}\r\n{body}"));
        using var reader = new StreamReader(stream);
        var parts = (await reader.ReadToEndAsync()).Split("\r\n\r\n", 2);
        parts[0].ShouldStartWith("HTTP/1.1 20");
        return (parts[0], parts[1]);
    }
}
