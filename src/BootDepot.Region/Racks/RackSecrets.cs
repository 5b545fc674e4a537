using System;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Racks;

/// <summary>Secrets of racks and of enrolment tokens: random, shown once, kept as a hash.</summary>
internal static class RackSecrets
{
    private const string Bearer = "Bearer ";
    private const string SystemIdAlphabet = "abcdefghkmnpqrstwxy346789";

    /// <summary>A new secret of about 185 bits.</summary>
    public static string New() => RandomNumberGenerator.GetString(KeyText.Alphabet, KeyText.SecretLength);

    /// <summary>Six letters and digits, as MAAS names its machines.</summary>
    public static string NewSystemId() => RandomNumberGenerator.GetString(SystemIdAlphabet, 6);

    /// <summary>What the catalogue keeps.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The text of a rack's key.</summary>
    public static string KeyOf(string systemId, string secret) => $"{systemId}.{secret}";

    /// <summary>System id and hash of the secret in an Authorization header (RFC 6750, section 2.1); null when it has no such key.</summary>
    public static (string SystemId, byte[] Hash)? ReadOrNull(string? authorization) =>
        authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && authorization[Bearer.Length..].Trim().Split('.') is [{ Length: > 0 } id, { Length: > 0 } secret]
            ? (id, HashOf(secret))
            : null;
}
