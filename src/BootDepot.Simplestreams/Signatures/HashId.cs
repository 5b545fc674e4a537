using System;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Hash algorithms by their OpenPGP number (RFC 9580, section 9.5).</summary>
internal enum HashId
{
    Md5 = 1,
    Sha1 = 2,
    RipeMd160 = 3,
    Sha256 = 8,
    Sha384 = 9,
    Sha512 = 10,
    Sha224 = 11,
}

internal static class Hashes
{
    /// <summary>Strong enough to sign data with.</summary>
    public static bool IsStrong(this HashId hash) => hash is HashId.Sha256 or HashId.Sha384 or HashId.Sha512;

    /// <summary>Known, and known to be too weak.</summary>
    public static bool IsWeak(this HashId hash) => hash is HashId.Md5 or HashId.Sha1 or HashId.RipeMd160 or HashId.Sha224;

    public static HashAlgorithmName Name(this HashId hash) => hash switch
    {
        HashId.Sha1 => HashAlgorithmName.SHA1,
        HashId.Sha256 => HashAlgorithmName.SHA256,
        HashId.Sha384 => HashAlgorithmName.SHA384,
        HashId.Sha512 => HashAlgorithmName.SHA512,
        _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "This hash is not computed."),
    };

    /// <summary>As people write it.</summary>
    public static string Label(this HashId hash) => hash switch
    {
        HashId.Md5 => "MD5",
        HashId.Sha1 => "SHA-1",
        HashId.RipeMd160 => "RIPEMD-160",
        HashId.Sha224 => "SHA-224",
        HashId.Sha256 => "SHA-256",
        HashId.Sha384 => "SHA-384",
        HashId.Sha512 => "SHA-512",
        _ => $"hash algorithm {(int)hash}",
    };

    /// <summary>As a <c>Hash:</c> header spells it; null for what this library does not know.</summary>
    public static HashId? FromHeaderOrNull(string name) => name switch
    {
        "MD5" => HashId.Md5,
        "SHA1" => HashId.Sha1,
        "RIPEMD160" => HashId.RipeMd160,
        "SHA224" => HashId.Sha224,
        "SHA256" => HashId.Sha256,
        "SHA384" => HashId.Sha384,
        "SHA512" => HashId.Sha512,
        _ => null,
    };
}
