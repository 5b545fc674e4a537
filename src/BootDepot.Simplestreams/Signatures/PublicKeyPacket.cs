using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>A public key or sub-key of version 4 (RFC 9580, section 5.5.2).</summary>
internal sealed class PublicKeyPacket
{
    private PublicKeyPacket(ReadOnlyMemory<byte> body, DateTimeOffset created, KeyMaterial material)
    {
        Body = body;
        CreatedAt = created;
        Material = material;
        Fingerprint = FingerprintOf(body.Span);
    }

    /// <summary>The packet's content.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public DateTimeOffset CreatedAt { get; }

    public KeyFingerprint Fingerprint { get; }

    public KeyMaterial Material { get; }

    /// <summary>Reads the content of a packet; null and the reason when its version is another one.</summary>
    public static PublicKeyPacket? ParseOrNull(ReadOnlyMemory<byte> body, out string? unsupported)
    {
        unsupported = null;
        var reader = new ByteReader(body);
        var version = reader.Byte();
        if (version != 4)
        {
            unsupported = $"a key of version {version} (only version 4 is read)";
            return null;
        }

        if (body.Length > ushort.MaxValue)
            throw new PacketException("a key is too long");
        var created = DateTimeOffset.FromUnixTimeSeconds(reader.UInt32());
        return new PublicKeyPacket(body, created, KeyMaterial.Parse(ref reader));
    }

    /// <summary>Feeds the key as signatures over keys hash it (RFC 9580, section 5.2.4).</summary>
    public void AppendTo(IncrementalHash hash)
    {
        Span<byte> prefix = [0x99, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(prefix[1..], (ushort)Body.Length);
        hash.AppendData(prefix);
        hash.AppendData(Body.Span);
    }

    [SuppressMessage("Security", "CA5350", Justification = "A fingerprint of version 4 is a SHA-1 (RFC 9580, 5.5.4.2); it names keys of a trusted keyring, it proves nothing")]
    private static KeyFingerprint FingerprintOf(ReadOnlySpan<byte> body)
    {
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        Span<byte> prefix = [0x99, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(prefix[1..], (ushort)body.Length);
        sha1.AppendData(prefix);
        sha1.AppendData(body);
        return KeyFingerprint.FromBytes(sha1.GetHashAndReset());
    }
}
