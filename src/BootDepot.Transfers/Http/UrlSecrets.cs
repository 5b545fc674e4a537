using System;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace BootDepot.Transfers.Http;

/// <summary>User names and passwords in URLs: taken out before a URL is sent or shown.</summary>
public static class UrlSecrets
{
    /// <summary>The URL for people: without user name, password, query and fragment.</summary>
    public static string Show(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>The same URL with credentials, given as in a URL: <c>user:password</c>, percent-encoded; unchanged for null.</summary>
    public static Uri With(Uri url, string? userInfo)
    {
        if (string.IsNullOrEmpty(userInfo))
            return url;
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        return new UriBuilder(url)
        {
            UserName = colon < 0 ? userInfo : userInfo[..colon],
            Password = colon < 0 ? "" : userInfo[(colon + 1)..],
        }.Uri;
    }

    internal static Uri Without(Uri url) => url.UserInfo.Length == 0 ? url : new UriBuilder(url) { UserName = "", Password = "" }.Uri;

    internal static NetworkCredential? CredentialOrNull(Uri url)
    {
        if (url.UserInfo.Length == 0)
            return null;
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new NetworkCredential(Uri.UnescapeDataString(url.UserInfo), "")
            : new NetworkCredential(
                Uri.UnescapeDataString(url.UserInfo[..colon]),
                Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]));
    }

    /// <summary>Basic authentication (RFC 7617) for a URL's credentials.</summary>
    internal static AuthenticationHeaderValue? AuthorizationOrNull(Uri url) =>
        CredentialOrNull(url) is { } credential
            ? new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}")))
            : null;
}
