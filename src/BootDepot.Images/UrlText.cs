using System;

namespace BootDepot.Images;

/// <summary>URLs as people wrote them, for being shown.</summary>
public static class UrlText
{
    /// <summary>The same text, with <c>***</c> in place of user name and password (RFC 3986, section 3.2.1) when it is a URL that has them.</summary>
    public static string? WithoutPassword(string? text) =>
        text is not null && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length > 0
            ? new UriBuilder(url) { UserName = "***", Password = "" }.Uri.ToString()
            : text;
}
