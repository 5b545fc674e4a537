using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>
/// Every way for a file to come in, with the sizes at which chunks end. <c>BOOTDEPOT_UPLOAD_PATHS_GIB=10</c> sends one file of that size
/// over each way instead; it needs room for two such files, and for a third where the file is a part of a form.
/// </summary>
public sealed class EveryUploadPathTests(RunningRegion shared, ITestOutputHelper output) : IClassFixture<RunningRegion>
{
    private const int Chunk = 4 << 20;

    private static readonly double Gib = double.Parse(Environment.GetEnvironmentVariable("BOOTDEPOT_UPLOAD_PATHS_GIB") ?? "0", CultureInfo.InvariantCulture);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string[] Paths = ["chunks", "tus", "put", "part of a form", "part of a form, 1.0", "library", "command line"];

    public static TheoryData<string, long> Cases { get; } = new(
        from path in Paths
        from size in Gib > 0 ? [(long)(Gib * (1 << 30))] : new long[] { 0, 1, Chunk - 1, Chunk, Chunk + 1 }
        select (path, size));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_file_comes_in_whole_and_an_empty_one_is_refused(string path, long size)
    {
        var own = size > 1 << 30 ? new RunningRegion() : null;
        if (own is not null)
            await own.InitializeAsync();
        try
        {
            await UploadAsync(own ?? shared, path, size);
        }
        finally
        {
            if (own is not null)
                await own.DisposeAsync();
        }
    }

    private async Task UploadAsync(RunningRegion region, string path, long size)
    {
        using var folder = new TempFolder();
        var file = folder["image"];
        await MakeAsync(file, path, size);
        string sha256;
        await using (var stream = File.OpenRead(file))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, Ct));
        var name = string.Create(CultureInfo.InvariantCulture, $"custom/way{Array.IndexOf(Paths, path)}-{size}");
        var began = Stopwatch.GetTimestamp();
        var refusal = await SendAsync(region, path, file, name, size, sha256);
        output.WriteLine($"{path}: {size} bytes in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s; this process, with region, client and test in it, has had {PeakMiB()} MiB resident");
        using var client = await MaasClient.ConnectAsync(region.Url, region.Key, cancellationToken: Ct);
        var made = (await client.BootResources.ListAsync(BootResourceType.Uploaded, cancellationToken: Ct)).SingleOrDefault(r => r.Name == name);
        if (size == 0)
        {
            refusal.ShouldNotBeNullOrEmpty();
            made.ShouldBeNull();
            return;
        }

        refusal.ShouldBeNull();
        await made!.RefreshAsync(Ct);
        var stored = made.LatestSet!.Files.Values.ShouldHaveSingleItem();
        (stored.Complete, stored.Size, stored.Sha256).ShouldBe((true, size, sha256));
    }

    // Other bytes for each way, so that none finds its file held already. What is large has holes.
    private static async Task MakeAsync(string file, string path, long size)
    {
        await using var stream = File.Create(file);
        var head = Encoding.ASCII.GetBytes(path + RandomNumberGenerator.GetHexString(32));
        await stream.WriteAsync(head.AsMemory(0, (int)Math.Min(head.Length, size)), Ct);
        if (size is > Chunk / 2 and < int.MaxValue)
            await stream.WriteAsync(RandomNumberGenerator.GetBytes((int)size - head.Length), Ct);
        stream.SetLength(size);
        if (size == 1)
        {
            stream.Position = 0;
            stream.WriteByte((byte)Array.IndexOf(Paths, path));
        }
    }

    // Null when all of it was taken; else what was said.
    private static Task<string?> SendAsync(RunningRegion region, string path, string file, string name, long size, string sha256) => path switch
    {
        "chunks" => ChunksAsync(region, file, name, size, sha256),
        "tus" => TusAsync(region, file, name, size),
        "put" => RequestAsync(
            region, HttpMethod.Put, $"api/2.0/boot-resources/?name={name}&architecture=amd64/generic", new StreamContent(File.OpenRead(file))),
        "part of a form" => RequestAsync(region, HttpMethod.Post, "api/2.0/boot-resources/", Form(file, name)),
        "part of a form, 1.0" => RequestAsync(region, HttpMethod.Post, "api/1.0/boot-resources/", Form(file, name)),
        "library" => LibraryAsync(region, file, name),
        _ => CommandAsync(region, file, name),
    };

    private static MultipartFormDataContent Form(string file, string name) => new()
    {
        { new StringContent(name), "name" },
        { new StringContent("amd64/generic"), "architecture" },
        { new StreamContent(File.OpenRead(file)), "content", "content" },
    };

    private static async Task<string?> ChunksAsync(RunningRegion region, string file, string name, long size, string sha256)
    {
        using var begin = new StringContent($"name={name}&architecture=amd64/generic&sha256={sha256}&size={size}", Encoding.ASCII, "application/x-www-form-urlencoded");
        var (status, text, _) = await AskAsync(region, HttpMethod.Post, "api/2.0/boot-resources/", begin);
        if (status != HttpStatusCode.Created)
            return text;
        var uri = JsonDocument.Parse(text).RootElement.GetProperty("sets").EnumerateObject().Single().Value
            .GetProperty("files").EnumerateObject().Single().Value.GetProperty("upload_uri").GetString()!;
        await using var stream = File.OpenRead(file);
        var buffer = new byte[Chunk];
        int count;
        while ((count = await stream.ReadAtLeastAsync(buffer, Chunk, throwOnEndOfStream: false, Ct)) > 0)
        {
            (status, text, _) = await AskAsync(region, HttpMethod.Put, uri, new ByteArrayContent(buffer, 0, count));
            if (status != HttpStatusCode.OK)
                return text;
        }

        return null;
    }

    private static async Task<string?> TusAsync(RunningRegion region, string file, string name, long size)
    {
        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        var (status, text, location) = await AskAsync(
            region, HttpMethod.Post, "uploads/", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", $"{size}"),
            ("Upload-Metadata", $"name {Base64(name)},architecture {Base64("amd64/generic")}"));
        if (status != HttpStatusCode.Created)
            return text;
        using var body = new StreamContent(File.OpenRead(file));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        (status, text, _) = await AskAsync(region, HttpMethod.Patch, location!, body, ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"));
        return status == HttpStatusCode.NoContent ? null : text;
    }

    private static async Task<string?> RequestAsync(RunningRegion region, HttpMethod method, string path, HttpContent body)
    {
        using (body)
        {
            var (status, text, _) = await AskAsync(region, method, path, body);
            return status == HttpStatusCode.Created ? null : text;
        }
    }

    private static async Task<string?> LibraryAsync(RunningRegion region, string file, string name)
    {
        using var client = await MaasClient.ConnectAsync(region.Url, region.Key, cancellationToken: Ct);
        try
        {
            await client.BootResources.CreateAsync(
                new BootResourceUpload { Name = name, Architecture = "amd64/generic", Content = UploadContent.FromFile(file) }, cancellationToken: Ct);
            return null;
        }
        catch (MaasException e)
        {
            return e.Message;
        }
    }

    private static async Task<string?> CommandAsync(RunningRegion region, string file, string name)
    {
        var result = await region.Cli.RunAsync("admin", "boot-resources", "create", "name=" + name, "architecture=amd64/generic", "content@=" + file);
        return result.Code == 0 ? null : result.Out + result.Error;
    }

    private static async Task<(HttpStatusCode Status, string Text, string? Location)> AskAsync(
        RunningRegion region, HttpMethod method, string path, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(method, new Uri(new Uri(region.Url), path)) { Content = body };
        var key = region.Key.Split(':');
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            string.Create(
                CultureInfo.InvariantCulture,
                $"OAuth oauth_nonce=\"{Guid.NewGuid():N}\", oauth_timestamp=\"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{key[0]}\", oauth_token=\"{key[1]}\", oauth_signature=\"%26{key[2]}\""));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.Location?.OriginalString);
    }

    private static string PeakMiB() =>
        (long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10)
            .ToString(CultureInfo.InvariantCulture);
}
