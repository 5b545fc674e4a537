using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Region.Api.Requests;

/// <summary>
/// Reads a request body as a form: multipart with or without base64 parts, url-encoded, a JSON object, or nothing.
/// Text is held in memory up to a limit; file parts go to temporary files.
/// </summary>
internal sealed class FormReader(string tempFolder)
{
    /// <summary>Reads the form.</summary>
    /// <exception cref="FormException">The body is malformed or passes a limit.</exception>
    public async Task<Form> ReadAsync(string? contentType, Stream body, FormLimits limits, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(contentType))
            return Form.Empty;
        // Parsed leniently: an unquoted boundary may have characters that the header grammar forbids.
        var semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        var mediaType = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim();
        if (mediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await ReadMultipartAsync(BoundaryOf(contentType), body, limits, cancel);
        if (mediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return new Form(await ReadUrlEncodedAsync(body, limits, cancel), []);
        return mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            ? new Form(await ReadJsonAsync(body, limits, cancel), [])
            : Form.Empty;
    }

    private static string BoundaryOf(string contentType)
    {
        foreach (var (key, value) in HeaderParameters.Read(contentType))
        {
            if (key.Equals("boundary", StringComparison.OrdinalIgnoreCase)
                && value.Length is > 0 and <= MultipartReader.MaxBoundaryLength && Ascii.IsValid(value))
                return value;
        }

        throw FormException.Malformed();
    }

    private async Task<Form> ReadMultipartAsync(string boundary, Stream body, FormLimits limits, CancellationToken cancel)
    {
        using var reader = new MultipartReader(body, boundary, limits.PartHeaderBytes);
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var files = new List<FormFile>();
        var complete = false;
        try
        {
            var parts = 0;
            var room = limits.FieldBytes;
            while (await reader.NextOrNullAsync(cancel) is { } headers)
            {
                if (++parts > limits.Fields)
                    throw FormException.TooMany(limits.Fields);
                if (headers.Name is not { } name)
                    continue;
                if (headers.HasFileName)
                {
                    files.Add(new FormFile(name, tempFolder));
                    await SaveFileAsync(reader, headers, files[^1], limits.FileBytes, cancel);
                    continue;
                }

                var bytes = await ReadFieldAsync(reader, room, limits.FieldBytes, cancel);
                room -= bytes.Length;
                var content = headers.IsBase64 ? Base64Text.DecodeOrNull(bytes) ?? bytes : bytes;
                fields.Add(new(name, Encoding.UTF8.GetString(content)));
            }

            complete = true;
            return new Form(new Fields(fields.ToImmutable()), [.. files]);
        }
        finally
        {
            if (!complete)
                await new Form(Fields.None, [.. files]).DisposeAsync();
        }
    }

    private static async Task<byte[]> ReadFieldAsync(MultipartReader reader, int room, int limit, CancellationToken cancel)
    {
        var text = new MemoryStream();
        while (await reader.ReadAsync(cancel) is { Length: > 0 } piece)
        {
            if (text.Length + piece.Length > room)
                throw FormException.TooLarge("the text fields of a form", limit);
            text.Write(piece.Span);
        }

        return text.ToArray();
    }

    // A part that says base64 and is not is malformed here: unlike a text field, what was decoded of it is gone already.
    private static async Task SaveFileAsync(
        MultipartReader reader, PartHeaders headers, FormFile file, long limit, CancellationToken cancel)
    {
        var base64 = headers.IsBase64 ? new Base64Text() : null;
        var decoded = new byte[64 * 1024];
        var size = 0L;
        while (await reader.ReadAsync(cancel) is { Length: > 0 } piece)
        {
            var bytes = piece;
            if (base64 is not null)
                bytes = decoded.AsMemory(0, base64.Decode(piece.Span, decoded));
            if (base64 is { IsGood: false })
                throw FormException.Malformed();
            size += bytes.Length;
            if (size > limit)
                throw FormException.TooLarge($"the file '{headers.Name}'", limit);
            await file.AppendAsync(bytes, cancel);
        }

        if (base64 is { IsWhole: false })
            throw FormException.Malformed();
    }

    private static async Task<Fields> ReadUrlEncodedAsync(Stream body, FormLimits limits, CancellationToken cancel)
    {
        var text = Encoding.UTF8.GetString(await ReadAllAsync(body, limits.FieldBytes, cancel));
        return UrlEncoding.ParseOrNull(text, limits.Fields) ?? throw FormException.TooMany(limits.Fields);
    }

    private static async Task<Fields> ReadJsonAsync(Stream body, FormLimits limits, CancellationToken cancel)
    {
        var bytes = await ReadAllAsync(body, limits.FieldBytes, cancel);
        if (bytes.Length == 0)
            return Fields.None;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw FormException.Malformed();
            var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
            foreach (var property in document.RootElement.EnumerateObject())
                AddJson(fields, property.Name, property.Value, limits.Fields);
            return new Fields(fields.ToImmutable());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with unpaired surrogates.
            throw FormException.Malformed();
        }
    }

    private static void AddJson(
        ImmutableArray<KeyValuePair<string, string>>.Builder fields, string name, JsonElement value, int limit)
    {
        if (fields.Count >= limit)
            throw FormException.TooMany(limit);
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    if (element.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
                        throw FormException.Malformed();
                    AddJson(fields, name, element, limit);
                }

                break;
            case JsonValueKind.Object:
                throw FormException.Malformed();
            case JsonValueKind.String:
                fields.Add(new(name, value.GetString()!));
                break;
            case JsonValueKind.Null:
                fields.Add(new(name, ""));
                break;
            default:
                // Numbers and truth values as they stand in the text.
                fields.Add(new(name, value.GetRawText()));
                break;
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream body, int limit, CancellationToken cancel)
    {
        var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            if (all.Length + read > limit)
                throw FormException.TooLarge("a form", limit);
            all.Write(buffer.AsSpan(0, read));
        }

        return all.ToArray();
    }
}
