using System;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>A signature in a file of its own, as <c>index.json.gpg</c> is for <c>index.json</c>.</summary>
public static class DetachedSignature
{
    /// <summary>Largest signature file that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Verifies an armoured or binary signature over exactly these bytes.</summary>
    /// <exception cref="StreamException">One of the <c>signature-</c> codes; <see cref="StreamErrors.DocumentTooLarge"/>.</exception>
    public static SignatureInfo Verify(ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> data, Keyring keyring, VerificationPolicy policy)
    {
        if (data.Length > policy.Limits.DocumentBytes)
            throw new StreamException(StreamErrors.DocumentTooLarge, $"The document has {data.Length} bytes; at most {policy.Limits.DocumentBytes} are read.");
        if (signature.Length > MaxBytes)
            throw Malformed($"it has {signature.Length} bytes; at most {MaxBytes} are read");
        try
        {
            var judge = new SignatureJudge(keyring, policy, SignatureType.Binary, hash => hash.AppendData(data.Span));
            return judge.Judge(ToBinary(signature));
        }
        catch (PacketException e)
        {
            throw Malformed(e.Message, e);
        }
    }

    private static ReadOnlyMemory<byte> ToBinary(ReadOnlyMemory<byte> signature)
    {
        if (signature.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new StreamException(StreamErrors.SignatureMissing, "The signature file is empty.");
        if (Armor.IsArmored(signature.Span))
            return Armor.Decode(signature.Span, Armor.Signature);
        return (signature.Span[0] & 0x80) != 0
            ? signature
            : throw new StreamException(StreamErrors.SignatureMissing, "The signature file has no OpenPGP signature in it, neither armoured nor binary.");
    }

    private static StreamException Malformed(string reason, Exception? inner = null) =>
        new(StreamErrors.SignatureMalformed, $"The signature cannot be read: {reason}.", inner);
}
