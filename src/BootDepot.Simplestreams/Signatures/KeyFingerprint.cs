using System;
using System.Diagnostics.CodeAnalysis;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Identity of an OpenPGP version 4 key: 40 upper-case hexadecimal digits.</summary>
public readonly record struct KeyFingerprint
{
    private readonly string? _hex;

    private KeyFingerprint(string hex) => _hex = hex;

    /// <summary>The 40 digits.</summary>
    public string Hex => _hex ?? throw new InvalidOperationException("An uninitialised fingerprint was used.");

    /// <summary>The last 16 digits: what older signatures name a key by.</summary>
    public string KeyId => Hex[^16..];

    /// <summary>Reads 40 hexadecimal digits of either case, blanks between them ignored; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out KeyFingerprint fingerprint)
    {
        fingerprint = default;
        var digits = text?.Replace(" ", "", StringComparison.Ordinal);
        if (digits is not { Length: 40 })
            return false;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        fingerprint = new KeyFingerprint(digits.ToUpperInvariant());
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => _hex ?? "";

    internal static KeyFingerprint FromBytes(ReadOnlySpan<byte> bytes) => new(Convert.ToHexString(bytes));
}
