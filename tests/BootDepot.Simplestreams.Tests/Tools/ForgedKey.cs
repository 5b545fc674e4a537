using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Simplestreams.Tests.Tools;

/// <summary>What a forged signature says about itself.</summary>
internal sealed record ForgedSignature
{
    public DateTimeOffset? Created { get; init; }

    public HashId Hash { get; init; } = HashId.Sha512;

    public int Version { get; init; } = 4;

    public bool HasDate { get; init; } = true;

    public bool HasIssuer { get; init; } = true;

    /// <summary>More hashed subpackets, as they stand in the packet.</summary>
    public byte[] Hashed { get; init; } = [];

    /// <summary>More unhashed subpackets.</summary>
    public byte[] Unhashed { get; init; } = [];
}

/// <summary>An Ed25519 key that signs anything, also what no tool would: valid mathematics in every wrong shape.</summary>
internal sealed class ForgedKey
{
    public static readonly DateTimeOffset DefaultCreation = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(32);
    private readonly int _algorithm;

    public ForgedKey(int algorithm = 22)
    {
        _algorithm = algorithm;
        var point = Ed25519.PublicKeyOf(_seed);
        var body = new PacketWriter().Byte(4).UInt32((uint)DefaultCreation.ToUnixTimeSeconds()).Byte(algorithm);
        if (algorithm == 22)
            body.Byte(9).Bytes(Convert.FromHexString(Ed25519.LegacyOidHex)).Mpi([0x40, .. point]);
        else
            body.Bytes(point);
        Body = body.ToArray();
        Fingerprint = PublicKeyPacket.ParseOrNull(Body, out _)!.Fingerprint;
    }

    public byte[] Body { get; }

    public KeyFingerprint Fingerprint { get; }

    /// <summary>The key as signatures hash it.</summary>
    public byte[] Hashed => [0x99, (byte)(Body.Length >> 8), (byte)Body.Length, .. Body];

    public static byte[] Subpacket(int type, params byte[] content) => new PacketWriter().Subpacket(type, content).ToArray();

    public static byte[] Seconds(uint seconds) => new PacketWriter().UInt32(seconds).ToArray();

    public static byte[] Packet(PacketTag tag, ReadOnlySpan<byte> body) => new PacketWriter().Packet(tag, body).ToArray();

    public byte[] Public(PacketTag tag = PacketTag.PublicKey) => Packet(tag, Body);

    public static byte[] UserId(string name) => Packet(PacketTag.UserId, Encoding.UTF8.GetBytes(name));

    /// <summary>A signature packet's content over the given bytes.</summary>
    public byte[] Sign(SignatureType type, ReadOnlySpan<byte> content, ForgedSignature? signature = null)
    {
        signature ??= new ForgedSignature();
        var hashed = new PacketWriter();
        if (signature.HasDate)
            hashed.Subpacket(2, Seconds((uint)(signature.Created ?? DefaultCreation.AddDays(1)).ToUnixTimeSeconds()));
        hashed.Bytes(signature.Hashed);
        var unhashed = new PacketWriter().Bytes(signature.Unhashed);
        if (signature.HasIssuer)
            unhashed.Subpacket(16, Convert.FromHexString(Fingerprint.KeyId));
        var packet = new PacketWriter().Byte(signature.Version).Byte((int)type).Byte(_algorithm).Byte((int)signature.Hash)
            .UInt16(hashed.Span.Length).Bytes(hashed.Span);
        using var hash = IncrementalHash.CreateHash(signature.Hash == HashId.Sha1 ? HashAlgorithmName.SHA1 : signature.Hash.Name());
        hash.AppendData(content);
        SignaturePacket.AppendTrailer(hash, packet.Span);
        var digest = hash.GetHashAndReset();
        packet.UInt16(unhashed.Span.Length).Bytes(unhashed.Span).Bytes(digest.AsSpan(0, 2));
        var value = Ed25519.Sign(_seed, digest);
        if (_algorithm == 27)
            packet.Bytes(value);
        else
            packet.Mpi(value.AsSpan(0, 32)).Mpi(value.AsSpan(32));
        return packet.ToArray();
    }

    public byte[] SignPacket(SignatureType type, ReadOnlySpan<byte> content, ForgedSignature? signature = null) =>
        Packet(PacketTag.Signature, Sign(type, content, signature));

    /// <summary>The packet that binds a user id to this key.</summary>
    public byte[] SelfSignature(string name, ForgedSignature? signature = null) =>
        SignPacket(SignatureType.CertificationLast, [.. Hashed, 0xB4, .. Seconds((uint)Encoding.UTF8.GetByteCount(name)), .. Encoding.UTF8.GetBytes(name)], signature);

    /// <summary>This key with one user id, then the given packets.</summary>
    public byte[] Keyring(ForgedSignature? selfSignature = null, params byte[][] more) =>
        [.. Public(), .. UserId("forged"), .. SelfSignature("forged", selfSignature), .. more.SelectMany(p => p)];

    /// <summary>The packets of a sub-key and its binding; with the sub-key's own signature when it is given.</summary>
    public byte[] Subkey(ForgedKey subkey, ForgedKey? backSigner, ForgedSignature? binding = null)
    {
        byte[] both = [.. Hashed, .. subkey.Hashed];
        var embedded = backSigner is null ? [] : Embedded(backSigner.Sign(SignatureType.PrimaryKeyBinding, both));
        binding ??= new ForgedSignature { Hashed = Subpacket(27, 2) };
        return [.. subkey.Public(PacketTag.PublicSubkey), .. SignPacket(SignatureType.SubkeyBinding, both, binding with { Unhashed = embedded })];
    }

    /// <summary>A binary detached signature.</summary>
    public byte[] Detached(ReadOnlySpan<byte> data, ForgedSignature? signature = null) => SignPacket(SignatureType.Binary, data, signature);

    private static byte[] Embedded(byte[] signature) => Subpacket(32, signature);
}
