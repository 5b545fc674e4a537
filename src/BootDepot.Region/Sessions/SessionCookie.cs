using System;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Region.Api.Description;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Sessions;

/// <summary>
/// The cookie of a session, and the proof that a request comes from our own page: a value that follows from the cookie, that
/// only a page of this origin can ask for, and that it sends back in a header.
/// </summary>
internal static class SessionCookie
{
    /// <summary>Name of the cookie.</summary>
    public const string Name = "bootdepot_session";

    /// <summary>Header with the proof.</summary>
    public const string ProofHeader = "X-CSRF-Token";

    private const int TokenLength = 32;

    /// <summary>The token in the cookie; null when there is none, or none of ours.</summary>
    public static byte[]? TokenOrNull(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 and < 64 } text)
            return null;
        var token = new byte[TokenLength + 16];
        return Base64Url.TryDecodeFromChars(text, token, out var count) && count == TokenLength ? token[..count] : null;
    }

    /// <summary>The proof that belongs to a cookie's value.</summary>
    public static string ProofOf(byte[] token) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(token, Encoding.ASCII.GetBytes("csrf")));

    /// <summary>Whether the request carries the proof of its own cookie.</summary>
    public static bool HasProof(HttpRequest request) =>
        TokenOrNull(request) is { } token
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(request.Headers[ProofHeader].ToString()), Encoding.UTF8.GetBytes(ProofOf(token)));

    /// <summary>
    /// The Set-Cookie header. Not for scripts, not sent from other sites, and over TLS only when the browser came over TLS: a
    /// region may be reached without, then the cookie would never come back.
    /// </summary>
    public static string Header(HttpRequest request, string value, TimeSpan lifetime)
    {
        var secure = ApiDescription.BaseUrlOf(request).StartsWith("https:", StringComparison.Ordinal) ? "; Secure" : "";
        return FormattableString.Invariant(
            $"{Name}={value}; Path=/MAAS/; Max-Age={(long)lifetime.TotalSeconds}; HttpOnly; SameSite=Strict{secure}");
    }

    /// <summary>
    /// Whether another site made the browser send this (W3C Fetch Metadata). Browsers always say so; other clients
    /// never do.
    /// </summary>
    public static bool IsFromOtherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
}
