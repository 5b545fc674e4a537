using System;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>A text with its signature around it, as <c>index.sjson</c> is.</summary>
public static class ClearSignedText
{
    /// <summary>Verifies a clear-signed message and gives the bytes that were signed, the only ones that may be parsed.</summary>
    /// <exception cref="StreamException">One of the <c>signature-</c> codes; <see cref="StreamErrors.DocumentTooLarge"/>.</exception>
    public static VerifiedText Verify(ReadOnlyMemory<byte> message, Keyring keyring, VerificationPolicy policy)
    {
        var parts = Split(message, policy.Limits);
        try
        {
            var judge = new SignatureJudge(keyring, policy, SignatureType.Text, parts.AppendCanonical) { AnnouncedHashes = parts.Hashes };
            return new VerifiedText(parts.Text, judge.Judge(DecodeArmor(parts)));
        }
        catch (PacketException e)
        {
            throw Malformed(e);
        }
    }

    /// <summary>
    /// The text of a message whose signature is deliberately not verified, because the operator switched that off for its
    /// source. The form is judged all the same.
    /// </summary>
    /// <exception cref="StreamException">One of the <c>signature-</c> codes; <see cref="StreamErrors.DocumentTooLarge"/>.</exception>
    public static ReadOnlyMemory<byte> ReadWithoutVerifying(ReadOnlyMemory<byte> message, StreamLimits? limits = null)
    {
        var parts = Split(message, limits ?? StreamLimits.Default);
        try
        {
            DecodeArmor(parts);
            return parts.Text;
        }
        catch (PacketException e)
        {
            throw Malformed(e);
        }
    }

    private static ClearSignedParts Split(ReadOnlyMemory<byte> message, StreamLimits limits) =>
        message.Length <= limits.DocumentBytes
            ? ClearSignedParts.Split(message)
            : throw new StreamException(
                StreamErrors.DocumentTooLarge,
                $"The document has {message.Length} bytes; at most {limits.DocumentBytes} are read.");

    private static byte[] DecodeArmor(ClearSignedParts parts)
    {
        var armor = parts.Armor.Span;
        if (armor.Length > DetachedSignature.MaxBytes)
            throw new PacketException("its signature is too long");
        const string endMarker = "-----END PGP SIGNATURE-----";
        var lines = new LineReader(armor);
        while (lines.TryNext(out var line))
        {
            if (System.Text.Ascii.Equals(line, endMarker) && !armor[lines.Position..].Trim(" \t\r\n"u8).IsEmpty)
            {
                throw new StreamException(
                    StreamErrors.SignatureTextOutside,
                    "There is text after the signed message, which the signature does not cover. The document is refused whole.");
            }
        }

        return Armor.Decode(armor, Armor.Signature);
    }

    private static StreamException Malformed(PacketException e) =>
        new(StreamErrors.SignatureMalformed, $"The signature cannot be read: {e.Message}.", e);
}
