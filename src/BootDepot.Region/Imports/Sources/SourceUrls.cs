using System;
using BootDepot.Simplestreams;

namespace BootDepot.Region.Imports.Sources;

/// <summary>URLs as they are asked for: with the credentials of the source, which the sender turns into a header.</summary>
internal static class SourceUrls
{
    /// <summary>The URL of a document or item of a source.</summary>
    public static Uri Of(StreamLocation location, StreamPath path)
    {
        var url = location.UrlOf(path);
        if (location.UserInfo is not { } credentials)
            return url;
        var text = url.AbsoluteUri;
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return new Uri($"{text[..host]}{credentials}@{text[host..]}", UriKind.Absolute);
    }
}
