using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.Answers;

/// <summary>A complete answer. Every one has a content type, 204 included: the MAAS CLI dies without one.</summary>
internal sealed record ApiAnswer
{
    private const string JsonType = "application/json; charset=utf-8";
    private const string TextType = "text/plain; charset=utf-8";
    private const string BareTextType = "text/plain";

    // MAAS indents by four spaces and the CLI prints bodies as they came. Quotes and non-ASCII text stay readable: the
    // content type says JSON, so nothing needs HTML escapes.
    private static readonly JsonWriterOptions JsonStyle = new()
    {
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Action<Utf8JsonWriter>? _json;
    private readonly ReadOnlyMemory<byte> _body;

    private ApiAnswer(int status, string contentType, ReadOnlyMemory<byte> body, Action<Utf8JsonWriter>? json = null)
    {
        Status = status;
        ContentType = contentType;
        _body = body;
        _json = json;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>The whole header value.</summary>
    public string ContentType { get; }

    /// <summary>Further headers.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>204 without a body.</summary>
    public static ApiAnswer NoContent() => new(204, BareTextType, default);

    /// <summary>JSON with MAAS's usual content type.</summary>
    public static ApiAnswer Json(Action<Utf8JsonWriter> write, int status = 200) => new(status, JsonType, default, write);

    /// <summary>JSON that was rendered before, with MAAS's usual content type.</summary>
    public static ApiAnswer Json(ReadOnlyMemory<byte> rendered) => new(200, JsonType, rendered);

    /// <summary>Writes JSON in MAAS's style, to be sent several times.</summary>
    public static byte[] Render(Action<Utf8JsonWriter> write)
    {
        using var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer, JsonStyle))
            write(writer);
        return buffer.Written.ToArray();
    }

    /// <summary>JSON whose content type is exactly <c>application/json</c>.</summary>
    public static ApiAnswer BareJson(Action<Utf8JsonWriter> write, int status = 200) =>
        new(status, "application/json", default, write);

    /// <summary>Text with a charset: messages and results in words.</summary>
    public static ApiAnswer Text(string text, int status = 200) => new(status, TextType, Encoding.UTF8.GetBytes(text));

    /// <summary>Text without a charset, as MAAS's framework sends its short answers (<c>OK</c>, <c>Accepted</c>).</summary>
    public static ApiAnswer BareText(string text, int status = 200) =>
        new(status, BareTextType, Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes that were made before.</summary>
    public static ApiAnswer Bytes(ReadOnlyMemory<byte> body, string contentType, int status = 200) =>
        new(status, contentType, body);

    /// <summary>401 for a signed request whose key or signature is refused.</summary>
    public static ApiAnswer Challenge(string text) =>
        new(401, "text/html; charset=utf-8", Encoding.UTF8.GetBytes("Authorization Error: " + text))
        {
            Headers = [new("WWW-Authenticate", "OAuth realm=\"OAuth\"")],
        };

    /// <summary>400 in plain words.</summary>
    public static ApiAnswer BadRequest(string text) => Text(text, 400);

    /// <summary>404 of an object; <paramref name="model"/> is MAAS's class name.</summary>
    public static ApiAnswer NotFound(string model) => BareText($"No {model} matches the given query.", 404);

    /// <summary>400 with messages per field.</summary>
    public static ApiAnswer Invalid(FieldErrors errors) => Json(errors.Write, 400);

    /// <summary>Sends it.</summary>
    public async Task SendAsync(HttpContext http, CancellationToken cancel)
    {
        var response = http.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        foreach (var (name, value) in Headers)
            response.Headers[name] = value;
        if (_json is null)
        {
            await SendAsync(response, _body, cancel);
            return;
        }

        using var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer, JsonStyle))
            _json(writer);
        await SendAsync(response, buffer.Written, cancel);
    }

    private static async Task SendAsync(HttpResponse response, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        // Neither has a body (RFC 9110, sections 15.3.5 and 15.4.5).
        if (response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
            return;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
            await response.Body.WriteAsync(body, cancel);
    }
}
