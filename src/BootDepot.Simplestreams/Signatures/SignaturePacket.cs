using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>RFC 9580, section 5.2.1.</summary>
internal enum SignatureType
{
    Binary = 0x00,
    Text = 0x01,
    CertificationFirst = 0x10,
    CertificationLast = 0x13,
    SubkeyBinding = 0x18,
    PrimaryKeyBinding = 0x19,
    DirectKey = 0x1F,
    KeyRevocation = 0x20,
    SubkeyRevocation = 0x28,
    CertificationRevocation = 0x30,
}

/// <summary>
/// A signature of version 4 (RFC 9580, section 5.2.3). What it says about itself is believed only from the hashed part; the
/// unhashed part merely hints at the key, and carries embedded signatures, which prove themselves.
/// </summary>
internal sealed class SignaturePacket
{
    private const int MaxEmbedded = 4;

    private readonly ReadOnlyMemory<byte> _hashedPart;
    private readonly ReadOnlyMemory<byte> _value;
    private readonly int _check;
    private readonly HashSet<int> _seen = [];
    private uint _lifetime;

    private SignaturePacket(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body);
        reader.Byte();
        Type = (SignatureType)reader.Byte();
        Algorithm = reader.Byte();
        Hash = (HashId)reader.Byte();
        var hashedLength = reader.UInt16();
        var hashed = reader.Take(hashedLength);
        _hashedPart = body[..(6 + hashedLength)];
        var unhashed = reader.Take(reader.UInt16());
        _check = reader.UInt16();
        _value = reader.Take(reader.Remaining);
        ReadSubpackets(hashed, isHashed: true);
        ReadSubpackets(unhashed, isHashed: false);
    }

    public SignatureType Type { get; }

    public int Algorithm { get; }

    public HashId Hash { get; }

    /// <summary>Null when the signature has no date, which makes it invalid.</summary>
    public DateTimeOffset? CreatedAt { get; private set; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt => _lifetime is > 0 and var seconds ? CreatedAt?.AddSeconds(seconds) : null;

    /// <summary>For a self-signature: for how many seconds after its creation the key is valid, 0 for ever; null when it does not say.</summary>
    public uint? KeyLifetime { get; private set; }

    /// <summary>For a self-signature: what the key may be used for; null when it does not say.</summary>
    public int? KeyFlags { get; private set; }

    /// <summary>A hint at the key, from either part.</summary>
    public KeyFingerprint? IssuerFingerprint { get; private set; }

    /// <summary>A hint at the key, 16 digits, from either part.</summary>
    public string? IssuerKeyId { get; private set; }

    /// <summary>What makes this signature impossible to judge; null when nothing does.</summary>
    public string? ProblemOrNull { get; private set; }

    /// <summary>Other keys that may revoke this one, from a self-signature.</summary>
    public List<KeyFingerprint> Revokers { get; } = [];

    public List<ReadOnlyMemory<byte>> Embedded { get; } = [];

    /// <summary>Whether this signature names the key as its maker, or names none.</summary>
    public bool MayBeBy(PublicKeyPacket key) =>
        IssuerFingerprint is { } fingerprint
            ? fingerprint == key.Fingerprint
            : IssuerKeyId is null || IssuerKeyId == key.Fingerprint.KeyId;

    /// <summary>Reads the content of a packet; null when it has another version.</summary>
    public static SignaturePacket? ParseOrNull(ReadOnlyMemory<byte> body, out int version)
    {
        version = new ByteReader(body).Byte();
        return version == 4 ? new SignaturePacket(body) : null;
    }

    /// <summary>Whether the key made this signature over what the hash was fed with. Takes the hash to its end.</summary>
    public bool Verify(PublicKeyPacket key, IncrementalHash hash)
    {
        if (key.Material.Algorithm != Algorithm && !(key.Material.Algorithm is 1 or 3 && Algorithm is 1 or 3))
            return false;
        AppendTrailer(hash, _hashedPart.Span);
        var digest = hash.GetHashAndReset();
        if (BinaryPrimitives.ReadUInt16BigEndian(digest) != _check)
            return false;
        try
        {
            return key.Material.Verify(_value, Hash, digest);
        }
        catch (CryptographicException)
        {
            // A key that is no point of its curve, a signature that is no number of its group: not a good signature.
            return false;
        }
    }

    /// <summary>Feeds what a signature adds to the content it signs (RFC 9580, section 5.2.4).</summary>
    public static void AppendTrailer(IncrementalHash hash, ReadOnlySpan<byte> hashedPart)
    {
        Span<byte> trailer = [4, 0xff, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(trailer[2..], hashedPart.Length);
        hash.AppendData(hashedPart);
        hash.AppendData(trailer);
    }

    private void ReadSubpackets(ReadOnlyMemory<byte> area, bool isHashed)
    {
        var reader = new ByteReader(area);
        while (reader.Remaining > 0)
        {
            long length = reader.Byte() switch
            {
                < 192 and var one => one,
                255 => reader.UInt32(),
                var first => ((first - 192) << 8) + reader.Byte() + 192,
            };
            if (length == 0)
                throw new PacketException("a subpacket is empty");
            var type = reader.Byte();
            var content = new ByteReader(reader.Take(length - 1));
            if (isHashed)
                ReadHashed(type & 0x7f, (type & 0x80) != 0, content);
            else
                ReadHint(type & 0x7f, content);
        }
    }

    private void ReadHashed(int type, bool isCritical, ByteReader content)
    {
        // Twice the same fact: readers that take the first and readers that take the last would differ.
        if (type is 2 or 3 or 9 or 27 && !_seen.Add(type))
            throw new PacketException($"its subpacket {type} is there twice");
        switch (type)
        {
            case 2:
                CreatedAt = DateTimeOffset.FromUnixTimeSeconds(content.UInt32());
                content.End();
                break;
            case 3:
                _lifetime = content.UInt32();
                content.End();
                break;
            case 9:
                KeyLifetime = content.UInt32();
                content.End();
                break;
            case 12:
                content.Take(2);
                Revokers.Add(KeyFingerprint.FromBytes(content.Take(20).Span));
                break;
            case 27:
                KeyFlags = content.Remaining > 0 ? content.Byte() : 0;
                break;
            case 16 or 32 or 33:
                ReadHint(type, content);
                break;
            // Preferences and remarks, which have no bearing on validity: 11, 21-26, 28-30, 34, 39.
            case 11 or (>= 21 and <= 26) or (>= 28 and <= 30) or 34 or 39:
                break;
            default:
                if (isCritical)
                    ProblemOrNull ??= $"it has the critical subpacket {type}, which is not understood";
                break;
        }
    }

    private void ReadHint(int type, ByteReader content)
    {
        switch (type)
        {
            case 16 when content.Remaining == 8:
                IssuerKeyId ??= Convert.ToHexString(content.Take(8).Span);
                break;
            case 33 when content.Remaining == 21 && content.Byte() == 4:
                IssuerFingerprint ??= KeyFingerprint.FromBytes(content.Take(20).Span);
                break;
            case 32 when Embedded.Count < MaxEmbedded:
                Embedded.Add(content.Take(content.Remaining));
                break;
            default:
                break;
        }
    }
}
