using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>The public keys that an operator trusts to sign a stream. Every key in it is trusted.</summary>
public sealed class Keyring
{
    /// <summary>Largest keyring that is read, in bytes, in any form.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, List<(Certificate, PublicKeyPacket, SubkeyBinding?)>> _byKeyId = new(StringComparer.Ordinal);

    private Keyring(IReadOnlyCollection<Certificate> certificates, IReadOnlyList<string> ignored)
    {
        Keys = [.. certificates.Select(KeyringKey.Of)];
        Ignored = ignored;
        foreach (var certificate in certificates)
        {
            foreach (var (key, subkey) in certificate.Keys())
            {
                if (!_byKeyId.TryGetValue(key.Fingerprint.KeyId, out var sameId))
                    _byKeyId.Add(key.Fingerprint.KeyId, sameId = []);
                sameId.Add((certificate, key, subkey));
            }
        }
    }

    /// <summary>The primary keys, in the keyring's order.</summary>
    public IReadOnlyList<KeyringKey> Keys { get; }

    /// <summary>What the file holds besides, and why it is not used: keys of other versions.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <summary>
    /// Reads a keyring: OpenPGP in binary (several keys one after another), ASCII-armoured, or base64 text of the binary
    /// form. Keys of version 4; RSA of 2048 to 8192 bits, ECDSA on P-256, P-384 and P-521, Ed25519. Expired and revoked
    /// keys are read and remembered as such.
    /// </summary>
    /// <exception cref="StreamException">One of the <c>keyring-</c> codes.</exception>
    public static Keyring Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw Malformed($"it has {bytes.Length} bytes; at most {MaxBytes} are read");
        try
        {
            var reader = new KeyringReader();
            var certificates = reader.Read(ToBinary(bytes));
            RequireUsable(certificates, reader.Ignored);
            return new Keyring(certificates, reader.Ignored);
        }
        catch (PacketException e)
        {
            throw Malformed(e.Message, e);
        }
    }

    /// <summary>The keys that a signature may be by, going by the name it gives.</summary>
    internal IEnumerable<(Certificate Certificate, PublicKeyPacket Key, SubkeyBinding? Subkey)> Find(SignaturePacket signature)
    {
        var id = signature.IssuerFingerprint?.KeyId ?? signature.IssuerKeyId;
        return id is not null && _byKeyId.TryGetValue(id, out var keys) ? keys.Where(k => signature.MayBeBy(k.Item2)) : [];
    }

    private static ReadOnlyMemory<byte> ToBinary(ReadOnlyMemory<byte> bytes)
    {
        var text = bytes.Span.Trim(" \t\r\n"u8);
        if (text.IsEmpty)
            throw new PacketException("it is empty");
        if (Armor.IsArmored(text))
            return Armor.Decode(text, text.StartsWith("-----BEGIN PGP PRIVATE"u8) ? Armor.SecretKey : Armor.PublicKey);
        if (bytes.Length >= 12 && bytes.Span.Slice(8, 4).SequenceEqual("KBXf"u8))
            throw new PacketException("it is a GnuPG keybox; export the keys with 'gpg --no-default-keyring --keyring FILE --export'");
        if ((bytes.Span[0] & 0x80) != 0)
            return bytes;
        try
        {
            return Convert.FromBase64String(Encoding.ASCII.GetString(text));
        }
        catch (FormatException)
        {
            throw new PacketException("it is neither binary OpenPGP, nor armoured, nor base64 of the former");
        }
    }

    private static void RequireUsable(IReadOnlyCollection<Certificate> certificates, List<string> ignored)
    {
        var reasons = new List<string>(ignored);
        foreach (var certificate in certificates)
        {
            if (certificate.Keys().Any(k => k.Key.Material.CanVerify))
                return;
            reasons.Add($"{certificate.Primary.Fingerprint} ({certificate.Primary.Material.WeaknessOrNull ?? $"{certificate.Primary.Material.Label} is not supported"})");
        }

        throw new StreamException(
            StreamErrors.KeyringNoUsableKey,
            $"The keyring has no key that could verify a stream{(reasons.Count == 0 ? "" : ": " + string.Join("; ", reasons.Take(8)))}. RSA of 2048 bits or more, ECDSA and Ed25519 keys of version 4 can.");
    }

    private static StreamException Malformed(string reason, Exception? inner = null) =>
        new(StreamErrors.KeyringMalformed, $"The keyring cannot be read: {reason}.", inner);
}
