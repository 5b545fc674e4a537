using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>Speaks the upload protocols as plain requests, so that tests can break their rules.</summary>
internal sealed class UploadClient(RegionFixture region)
{
    private const string PatchType = "application/offset+octet-stream";

    /// <summary>Begins an upload by MAAS's protocol; more fields may follow.</summary>
    public Task<Reply> BeginAsync(string name, byte[] bytes, params (string, string)[] more) => region.AdminAsync(
        "POST", "boot-resources/",
        Seed.Form([
            ("name", name), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256(bytes)),
            ("size", bytes.Length.ToString(CultureInfo.InvariantCulture)), .. more]));

    /// <summary>Path for the bytes, from the answer to a begin; null when no byte is needed.</summary>
    public static string? UriOrNull(Reply begun)
    {
        var file = FileOf(begun);
        return file.TryGetProperty("upload_uri", out var uri) ? uri.GetString() : null;
    }

    /// <summary>The only file of a resource.</summary>
    public static JsonElement FileOf(Reply reply)
    {
        reply.Status.ShouldBeInRange(200, 201, reply.Text);
        return reply.Json.GetProperty("sets").EnumerateObject().Last().Value.GetProperty("files").EnumerateObject().Single().Value;
    }

    /// <summary>Sends a chunk, with a Content-Range if there is one.</summary>
    public Task<Reply> PutAsync(string path, byte[] bytes, string? range = null)
    {
        var body = new ByteArrayContent(bytes);
        if (range is not null)
            body.Headers.TryAddWithoutValidation("Content-Range", range);
        return region.AdminAsync("PUT", path, body);
    }

    /// <summary>A begin and one chunk.</summary>
    public async Task<Reply> WholeAsync(string name, byte[] bytes, params (string, string)[] more) =>
        await PutAsync(UriOrNull(await BeginAsync(name, bytes, more))!, bytes);

    /// <summary>The upload of that name in the list of uploads.</summary>
    public async Task<JsonElement> StatusAsync(string name)
    {
        var list = await region.UserAsync("GET", "uploads/");
        list.Status.ShouldBe(200, list.Text);
        return list.Json.EnumerateArray().First(u => u.GetProperty("name").GetString() == name);
    }

    /// <summary>A tus metadata header.</summary>
    public static string Metadata(params (string Key, string Value)[] fields) =>
        string.Join(",", fields.Select(f => $"{f.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(f.Value))}"));

    /// <summary>A request by tus.</summary>
    public async Task<TusReply> TusAsync(
        string method, string path, byte[]? body = null, string? contentType = PatchType, bool signed = true, string? version = "1.0.0",
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (signed)
            request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(region.AdminKey));
        if (version is not null)
            request.Headers.TryAddWithoutValidation("Tus-Resumable", version);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await region.Http.SendAsync(request);
        var reply = await Reply.ReadAsync(response);
        return new TusReply(
            reply.Status, reply.Text,
            response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Begins an upload by tus; its path.</summary>
    public async Task<string> CreateAsync(long size, params (string Key, string Value)[] fields)
    {
        var reply = await TusAsync("POST", "/MAAS/uploads/", headers: [("Upload-Length", size.ToString(CultureInfo.InvariantCulture)), ("Upload-Metadata", Metadata(fields))]);
        reply.Status.ShouldBe(201, reply.Text);
        return reply["Location"]!;
    }

    /// <summary>Sends bytes by tus.</summary>
    public Task<TusReply> PatchAsync(string path, long offset, byte[] bytes, params (string, string)[] headers) => TusAsync(
        "PATCH", path, bytes, headers: [("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)), .. headers]);

    /// <summary>Makes a file with a shell script that writes to <c>$1</c>, and reads it.</summary>
    public static async Task<byte[]> MakeAsync(string script)
    {
        using var folder = new TempFolder();
        var path = folder["file"];
        await Shell.RunAsync($"set -e; export PATH=$PATH:/usr/sbin; cd '{folder.Path}'; set -- '{path}'; {script}");
        return await System.IO.File.ReadAllBytesAsync(path);
    }

    /// <summary>A script's lines that make <c>disk</c>: 16 MiB with an MBR, a partition, and something in it.</summary>
    public const string Disk = "truncate -s 16M disk; printf 'label: dos\\nlabel-id: 0x12345678\\n,,L,*\\n' | sfdisk -q disk; printf 'some content' | dd of=disk bs=512 seek=4096 conv=notrunc status=none;";
}

/// <summary>An answer by tus.</summary>
internal sealed record TusReply(int Status, string Text, Dictionary<string, string> Headers)
{
    /// <summary>A header; null when it is not there.</summary>
    public string? this[string name] => Headers.GetValueOrDefault(name);
}
