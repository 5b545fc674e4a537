using System;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Auth;

/// <summary>
/// The OAuth 1.0 protocol parameters of a request (RFC 5849, section 3.1), from the Authorization header, the query
/// string or a form. Null members did not come.
/// </summary>
internal sealed record OAuthParameters
{
    /// <summary>Longest header that is looked at, in characters.</summary>
    public const int MaxHeaderLength = 8192;

    private const string Scheme = "OAuth ";

    /// <summary>First part of the API key.</summary>
    public string? ConsumerKey { get; private set; }

    /// <summary>Middle part of the API key.</summary>
    public string? Token { get; private set; }

    /// <summary>Proof of the third part.</summary>
    public string? Signature { get; private set; }

    /// <summary>How the proof is made.</summary>
    public string? SignatureMethod { get; private set; }

    /// <summary>Seconds since 1970.</summary>
    public string? Timestamp { get; private set; }

    /// <summary>Used once.</summary>
    public string? Nonce { get; private set; }

    /// <summary>Must be 1.0 if it came.</summary>
    public string? Version { get; private set; }

    /// <summary>Whether all that a request must have came.</summary>
    public bool IsComplete =>
        (ConsumerKey, Token, Signature, SignatureMethod, Timestamp, Nonce) is
            (not null, not null, not null, not null, not null, not null);

    /// <summary>
    /// Reads the header: the word <c>OAuth</c> and a blank, then <c>key="percent-encoded"</c> separated by commas; null
    /// for another scheme. A parameter whose text has <c>realm</c> in it is skipped; what fits no rule is skipped too.
    /// </summary>
    public static OAuthParameters? FromHeaderOrNull(string? header)
    {
        if (header is null || header.Length > MaxHeaderLength || !header.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        var result = new OAuthParameters();
        foreach (var part in header[Scheme.Length..].Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || part.Contains("realm", StringComparison.Ordinal))
                continue;
            var value = part.AsSpan(equals + 1).Trim().Trim('"');
            result.Set(part[..equals].Trim(), UrlEncoding.Decode(value, plusIsBlank: false));
        }

        return result;
    }

    /// <summary>Takes the <c>oauth_…</c> fields of a query string or form; null when there are none.</summary>
    public static OAuthParameters? FromFieldsOrNull(Fields fields)
    {
        OAuthParameters? result = null;
        foreach (var (key, value) in fields.Pairs)
        {
            if (key.StartsWith("oauth_", StringComparison.Ordinal))
                (result ??= new OAuthParameters()).Set(key, value);
        }

        return result;
    }

    private void Set(string key, string value)
    {
        switch (key)
        {
            case "oauth_consumer_key":
                ConsumerKey = value;
                break;
            case "oauth_token":
                Token = value;
                break;
            case "oauth_signature":
                Signature = value;
                break;
            case "oauth_signature_method":
                SignatureMethod = value;
                break;
            case "oauth_timestamp":
                Timestamp = value;
                break;
            case "oauth_nonce":
                Nonce = value;
                break;
            case "oauth_version":
                Version = value;
                break;
        }
    }
}
