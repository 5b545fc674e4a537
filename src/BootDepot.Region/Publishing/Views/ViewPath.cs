using System;
using System.Linq;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Publishing.Views;

/// <summary>
/// Where views are below the stream's base: <c>views/NAME/</c>; and for clients that can send nothing but a URL <c>private/TOKEN/</c>,
/// which is the view that the token opens.
/// </summary>
/// <param name="Name">Name of the view; null when a token stands in its place.</param>
/// <param name="Token">The token; null when there is none in the path.</param>
/// <param name="Rest">The path below the view's base.</param>
internal sealed record ViewPath(string? Name, string? Token, string Rest)
{
    /// <summary>Before a view's name.</summary>
    public const string Prefix = "views/";

    /// <summary>Before a token.</summary>
    public const string PrivatePrefix = "private/";

    private const int MaxName = 64;

    /// <summary>Whether a view may have that name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-') && name[0] is not ('.' or '-');

    /// <summary>The view's part and the rest of a path below the stream's base; null when it is of the stream itself.</summary>
    public static ViewPath? ParseOrNull(string path)
    {
        var prefix = path.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix : path.StartsWith(PrivatePrefix, StringComparison.Ordinal) ? PrivatePrefix : null;
        if (prefix is null || path.IndexOf('/', prefix.Length) is var slash && slash < 0)
            return null;
        var part = path[prefix.Length..slash];
        return prefix == Prefix ? new ViewPath(part, null, path[(slash + 1)..]) : new ViewPath(null, part, path[(slash + 1)..]);
    }

    /// <summary>A token that a client sends as the user or the password of a URL (RFC 7617); null when it sends none.</summary>
    public static string? TokenOrNull(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization.ToString(), out var header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { Length: < 1024 } parameter)
            return null;
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var count))
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, count).Split(':', 2);
        return pair is [_, { Length: > 0 } password] ? password : pair[0] is { Length: > 0 } user ? user : null;
    }
}
