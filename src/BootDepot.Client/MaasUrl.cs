using System;
using System.Text.RegularExpressions;

namespace BootDepot.Client;

/// <summary>Where the API of a server is: <c>http://host/MAAS</c> and <c>http://host/MAAS/api/2.0/</c> are the same.</summary>
public static partial class MaasUrl
{
    /// <summary>
    /// Completes the address of a server to that of its API: a trailing slash, and <c>api/2.0/</c> unless the path
    /// already ends in <c>api/&lt;version&gt;</c>.
    /// </summary>
    /// <exception cref="ArgumentException">It is not an absolute http or https address.</exception>
    public static Uri Complete(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != "http" && uri.Scheme != "https"))
            throw new ArgumentException($"'{url}' is not the address of a server: http://host/MAAS/ or https://host/MAAS/ is needed.", nameof(url));
        return Complete(uri);
    }

    /// <inheritdoc cref="Complete(string)"/>
    public static Uri Complete(Uri url)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != "http" && url.Scheme != "https"))
            throw new ArgumentException($"'{url}' is not the address of a server: http://host/MAAS/ or https://host/MAAS/ is needed.", nameof(url));
        var path = url.AbsolutePath.EndsWith('/') ? url.AbsolutePath : url.AbsolutePath + "/";
        if (!VersionedPath().IsMatch(path))
            path += "api/2.0/";
        return new UriBuilder(url) { Path = path, Query = "", Fragment = "" }.Uri;
    }

    [GeneratedRegex(@"/api/[0-9.]+/$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex VersionedPath();
}
