using System;
using System.Diagnostics.CodeAnalysis;

namespace BootDepot.Client;

/// <summary>
/// An API key: consumer key, token key and token secret, written with colons between them
/// (<c>consumer:token:secret</c>). <see cref="ToString"/> hides the secret; <see cref="Reveal"/> does not.
/// </summary>
public sealed record MaasApiKey
{
    private readonly string _secret;

    /// <summary>Puts a key together from its parts.</summary>
    /// <param name="consumerKey">First part.</param>
    /// <param name="tokenKey">Second part; names the key, as when it is deleted.</param>
    /// <param name="tokenSecret">Third part; the secret.</param>
    public MaasApiKey(string consumerKey, string tokenKey, string tokenSecret)
    {
        ConsumerKey = consumerKey;
        TokenKey = tokenKey;
        _secret = tokenSecret;
    }

    /// <summary>First part of the key.</summary>
    public string ConsumerKey { get; }

    /// <summary>Second part of the key: what names it, and is no secret.</summary>
    public string TokenKey { get; }

    /// <summary>Reads <c>consumer:token:secret</c>; blanks around it are dropped.</summary>
    /// <exception cref="FormatException">There are not exactly three parts. The message does not repeat the text.</exception>
    public static MaasApiKey Parse(string text) =>
        TryParse(text, out var key)
            ? key
            : throw new FormatException(
                $"The API key is malformed: 3 parts with colons between them are needed (consumer:token:secret), "
                + $"and {text.Split(':').Length} were given.");

    /// <summary>Reads <c>consumer:token:secret</c>; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out MaasApiKey? key)
    {
        var parts = text?.Trim().Split(':');
        key = parts is { Length: 3 } ? new MaasApiKey(parts[0], parts[1], parts[2]) : null;
        return key is not null;
    }

    /// <summary>The whole key, secret included: to store it, or to show it to its owner.</summary>
    public string Reveal() => $"{ConsumerKey}:{TokenKey}:{_secret}";

    /// <summary>The key without its secret.</summary>
    public override string ToString() => $"{ConsumerKey}:{TokenKey}:***";

    internal string Secret => _secret;
}
