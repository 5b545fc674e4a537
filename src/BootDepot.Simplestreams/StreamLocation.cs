using System;

namespace BootDepot.Simplestreams;

/// <summary>
/// Where a stream is: a mirror's base URL and the path of its index below it. Never shows the user name and password that a URL may have.
/// </summary>
public sealed class StreamLocation
{
    /// <summary>The index that is read when the URL names none.</summary>
    public const string DefaultIndexPath = "streams/v1/index.sjson";

    private const string Marker = "streams/v1/";

    private StreamLocation(string baseUrl, StreamPath indexPath, string? userInfo)
    {
        BaseUrl = baseUrl;
        IndexPath = indexPath;
        UserInfo = userInfo;
    }

    /// <summary>The base URL in canonical form, without user information and without a final slash.</summary>
    public string BaseUrl { get; }

    /// <summary>The index, relative to the base.</summary>
    public StreamPath IndexPath { get; }

    /// <summary><c>user:password</c> as percent-encoded in the URL, for an Authorization header; null when there is none.</summary>
    public string? UserInfo { get; }

    /// <summary>
    /// Splits a URL that an operator gave: with <c>streams/v1/NAME.json</c> or <c>.sjson</c> at its end, what stands before is the
    /// base; else all of it is the base, and the index is <see cref="DefaultIndexPath"/>.
    /// </summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.UrlInvalid"/>: not http or https, or with a query or fragment.</exception>
    public static StreamLocation Parse(string? url)
    {
        if (!Uri.TryCreate(url?.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            throw Invalid(url, "it must be an absolute http or https URL");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw Invalid(url, "a query or a fragment cannot be part of a mirror's base");

        var path = uri.AbsolutePath;
        var index = DefaultIndexPath;
        var at = path.LastIndexOf(Marker, StringComparison.Ordinal);
        if (at > 0 && path[at - 1] == '/' && IsIndexName(path[(at + Marker.Length)..]))
        {
            index = Uri.UnescapeDataString(path[at..]);
            path = path[..at];
        }

        var userInfo = uri.UserInfo.Length > 0 ? uri.UserInfo : null;
        var origin = uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        return new StreamLocation(origin + path.TrimEnd('/'), StreamPath.Parse(index), userInfo);
    }

    /// <summary>The URL of a document or an item of this stream.</summary>
    public Uri UrlOf(StreamPath path) => new($"{BaseUrl}/{path.ToUrlPath()}", UriKind.Absolute);

    /// <summary>The URL of the index.</summary>
    public override string ToString() => UrlOf(IndexPath).AbsoluteUri;

    private static bool IsIndexName(string name) =>
        !name.Contains('/', StringComparison.Ordinal)
        && (name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".sjson", StringComparison.Ordinal));

    private static StreamException Invalid(string? url, string reason) =>
        new(StreamErrors.UrlInvalid, $"The URL '{Excerpt.Of(WithoutUserInfo(url))}' cannot be a stream's: {reason}.");

    private static string? WithoutUserInfo(string? url)
    {
        var scheme = url?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        var at = url?.LastIndexOf('@') ?? -1;
        return scheme >= 0 && at > scheme ? string.Concat(url.AsSpan(0, scheme + 3), url.AsSpan(at + 1)) : url;
    }
}
