using System;
using System.Diagnostics.CodeAnalysis;

namespace BootDepot.Images;

/// <summary>The SHA-256 that names a blob: 64 lower-case hexadecimal digits.</summary>
public readonly record struct Digest : IComparable<Digest>
{
    /// <summary>Length of the text form.</summary>
    public const int HexLength = 64;

    private readonly string? _hex;

    private Digest(string hex) => _hex = hex;

    /// <summary>The text form, lower case.</summary>
    public string Hex => _hex ?? throw new InvalidOperationException("An uninitialised digest was used.");

    /// <summary>The first seven digits: what MAAS shows as a file's name on disk.</summary>
    public string Prefix => Hex[..7];

    /// <summary>The digest whose 32 bytes are given.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) =>
        hash.Length == 32
            ? new Digest(Convert.ToHexStringLower(hash))
            : throw new ArgumentException($"A SHA-256 has 32 bytes, not {hash.Length}.", nameof(hash));

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new FormatException($"'{text}' is not a SHA-256: 64 hexadecimal digits are needed.");

    /// <summary>Reads 64 hexadecimal digits of either case; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is not { Length: HexLength })
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        digest = new Digest(text.ToLowerInvariant());
        return true;
    }

    /// <summary>Writes the 32 bytes of the digest.</summary>
    public byte[] ToHash() => Convert.FromHexString(Hex);

    /// <inheritdoc />
    public int CompareTo(Digest other) => string.CompareOrdinal(_hex, other._hex);

    /// <inheritdoc />
    public override string ToString() => _hex ?? "";

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;
}
