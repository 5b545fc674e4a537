using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BootDepot.Region.Api.Requests;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Uploads.Tus;

// The rules of tus 1.0.0 (https://tus.io/protocols/resumable-upload), one class each, with the sentence it comes from.

/// <summary>Why a request is not served.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">What was wrong, for a person.</param>
internal sealed record TusRefusal(int Status, string Text);

/// <summary>
/// "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests. The value MUST be
/// the version of the protocol used by the Client or the Server. If the version specified by the Client is not supported by
/// the Server, it MUST respond with the 412 Precondition Failed status and MUST include the Tus-Version header."
/// </summary>
internal static class VersionRule
{
    /// <summary>The version that is spoken here.</summary>
    public const string Version = "1.0.0";

    /// <summary>Checks it.</summary>
    public static TusRefusal? Check(HttpRequest request) =>
        request.Headers["Tus-Resumable"] == Version
            ? null
            : new TusRefusal(StatusCodes.Status412PreconditionFailed, $"This server speaks tus {Version}; send Tus-Resumable: {Version}.");
}

/// <summary>
/// "The X-HTTP-Method-Override request header MUST be a string which MUST be interpreted as the request's method by the
/// Server, if the header is presented. The actual method of the request MUST be ignored."
/// </summary>
internal static class MethodOverrideRule
{
    /// <summary>The method that counts.</summary>
    public static string MethodOf(HttpRequest request) =>
        request.Headers["X-HTTP-Method-Override"] is [{ Length: > 0 } method] ? method.ToUpperInvariant() : request.Method;
}

/// <summary>
/// "The request MUST include one of the following headers: a) Upload-Length to indicate the size of an entire upload in
/// bytes. […] The value MUST be a non-negative integer." (Deferred lengths are another extension, not offered here.)
/// </summary>
internal static class LengthRule
{
    /// <summary>Reads it.</summary>
    public static TusRefusal? Check(HttpRequest request, out long length)
    {
        if (!TusNumber.TryRead(request.Headers["Upload-Length"], out length))
            return new TusRefusal(400, "Upload-Length must say how many bytes the upload has.");
        return length == 0 ? new TusRefusal(400, "An image cannot be empty: Upload-Length is 0.") : null;
    }
}

/// <summary>
/// "All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD return a 415
/// Unsupported Media Type status."
/// </summary>
internal static class ContentTypeRule
{
    private const string Type = "application/offset+octet-stream";

    /// <summary>Whether the body holds bytes of the upload.</summary>
    public static bool Fits(HttpRequest request) => string.Equals(request.ContentType, Type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks it.</summary>
    public static TusRefusal? Check(HttpRequest request) =>
        Fits(request) ? null : new TusRefusal(StatusCodes.Status415UnsupportedMediaType, $"The content type must be {Type}.");
}

/// <summary>
/// "The Upload-Offset header's value MUST be equal to the current offset of the resource. […] If the offsets do not match,
/// the Server MUST respond with the 409 Conflict status without modifying the upload resource."
/// </summary>
internal static class OffsetRule
{
    /// <summary>Reads what the client believes.</summary>
    public static TusRefusal? Read(HttpRequest request, out long offset) =>
        TusNumber.TryRead(request.Headers["Upload-Offset"], out offset)
            ? null
            : new TusRefusal(400, "Upload-Offset must say where the bytes begin.");

    /// <summary>Compares it with the truth.</summary>
    public static TusRefusal? Check(long offset, long current) =>
        offset == current
            ? null
            : new TusRefusal(409, string.Create(CultureInfo.InvariantCulture, $"The next byte is {current}, not {offset}."));
}

/// <summary>
/// "The Upload-Metadata request and response header MUST consist of one or more comma-separated key-value pairs. The key and
/// value MUST be separated by a space. The key MUST NOT contain spaces and commas and MUST NOT be empty. The key SHOULD be
/// ASCII encoded and the value MUST be Base64 encoded. All keys MUST be unique. The value MAY be empty. In these cases, the
/// space, which would normally separate the key and the value, MAY be left out."
/// </summary>
internal static class MetadataRule
{
    /// <summary>Longest header that is taken, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>Reads it.</summary>
    public static TusRefusal? Check(string header, out Fields fields)
    {
        fields = Fields.None;
        if (header.Length > MaxLength)
            return new TusRefusal(400, $"Upload-Metadata has more than {MaxLength} characters.");
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = pair.Split(' ', 2);
            if (!keys.Add(words[0]))
                return new TusRefusal(400, $"Upload-Metadata has {words[0]} twice.");
            var bytes = new byte[words.Length == 1 ? 0 : words[1].Length];
            if (!Convert.TryFromBase64String(words.Length == 1 ? "" : words[1], bytes, out var count))
                return new TusRefusal(400, $"The value of {words[0]} in Upload-Metadata is not Base64.");
            pairs.Add(new(words[0], Encoding.UTF8.GetString(bytes, 0, count)));
        }

        fields = new Fields(pairs.ToImmutable());
        return null;
    }
}

/// <summary>
/// "The Upload-Expires response header indicates the time after which the unfinished upload expires. […] The value MUST be in
/// RFC 9110 datetime format." "If a Client does attempt to resume an upload which has since been removed by the Server, the
/// Server SHOULD respond with the 404 Not Found or 410 Gone status."
/// </summary>
internal static class ExpiryRule
{
    /// <summary>The header's value.</summary>
    public static string Format(DateTimeOffset at) => at.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>Numbers in headers: digits only, at most 2^63-1.</summary>
internal static class TusNumber
{
    /// <summary>Reads one.</summary>
    public static bool TryRead(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
