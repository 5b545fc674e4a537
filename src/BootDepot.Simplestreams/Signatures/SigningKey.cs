using System;
using System.Buffers;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>What a new signing key is.</summary>
public enum SigningKeyKind
{
    /// <summary>RSA with 4096 bits: what every peer verifies.</summary>
    Rsa4096,

    /// <summary>Ed25519: small and fast; GnuPG since 2.1, Sequoia, and this library verify it.</summary>
    Ed25519,
}

/// <summary>
/// A key that signs streams: one primary OpenPGP key of version 4 without an end date, with one user id. Signatures
/// are by SHA-512. Thread-safe.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private const int MaxFileBytes = 64 * 1024;
    private const int MaxPackets = 64;

    private readonly SecretMaterial _secret;
    private readonly byte[] _publicBody;
    private readonly byte[] _certification;

    private SigningKey(SecretMaterial secret, byte[] publicBody, string userId, DateTimeOffset createdAt, byte[]? certification)
    {
        _secret = secret;
        _publicBody = publicBody;
        UserId = userId;
        CreatedAt = createdAt;
        Fingerprint = PublicKeyPacket.ParseOrNull(publicBody, out _)!.Fingerprint;
        _certification = certification ?? Certify();
    }

    /// <summary>Identity of the key.</summary>
    public KeyFingerprint Fingerprint { get; }

    /// <summary>The name in the key.</summary>
    public string UserId { get; }

    /// <summary>When the key was made, to the second.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Makes a new key.</summary>
    /// <param name="kind">Which algorithm.</param>
    /// <param name="userId">A name for people, as in <c>BootDepot region at example.org</c>.</param>
    /// <param name="createdAt">Now; kept to the second. No signature of the key may be older.</param>
    public static SigningKey Create(SigningKeyKind kind, string userId, DateTimeOffset createdAt)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(userId);
        var created = DateTimeOffset.FromUnixTimeSeconds(createdAt.ToUnixTimeSeconds());
        var secret = SecretMaterial.Create(kind);
        var body = new PacketWriter().Byte(4).UInt32((uint)created.ToUnixTimeSeconds()).Byte(secret.Algorithm);
        secret.WritePublic(body);
        return new SigningKey(secret, body.ToArray(), userId, created, certification: null);
    }

    /// <summary>
    /// Reads a key that <see cref="ExportSecretKey"/> wrote, or an OpenPGP secret key without a passphrase (armoured or
    /// binary) of RSA or Ed25519. Sub-keys are left aside.
    /// </summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.SigningKeyMalformed"/>.</exception>
    public static SigningKey Load(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (bytes.Length is 0 or > MaxFileBytes)
                throw new PacketException($"it has {bytes.Length} bytes");
            ReadOnlyMemory<byte> binary = Armor.IsArmored(bytes.Span) ? Armor.Decode(bytes.Span, Armor.SecretKey) : bytes;
            return Load(Packets.Split(binary, MaxPackets));
        }
        catch (PacketException e)
        {
            throw new StreamException(
                StreamErrors.SigningKeyMalformed,
                $"The signing key cannot be read: {e.Message}. An OpenPGP secret key of RSA (2048 bits or more) or Ed25519 without a passphrase is needed.",
                e);
        }
    }

    /// <summary>
    /// The key with its secret, as an armoured OpenPGP secret key without a passphrase. Keep it in a file that only its owner
    /// may read (mode 0600).
    /// </summary>
    public byte[] ExportSecretKey()
    {
        var secret = new PacketWriter();
        _secret.WriteSecret(secret);
        var body = new PacketWriter().Bytes(_publicBody).Byte(0).Bytes(secret.Span).UInt16(PacketWriter.Sum(secret.Span));
        var packets = new PacketWriter().Packet(PacketTag.SecretKey, body.Span);
        AppendIdentity(packets);
        var file = Encoding.ASCII.GetBytes(Armor.Encode(packets.Span, Armor.SecretKey));
        secret.Erase();
        body.Erase();
        packets.Erase();
        return file;
    }

    /// <summary>The public key as a binary keyring, for <c>gpgv --keyring</c> and every other reader.</summary>
    public byte[] ExportPublicKey()
    {
        var packets = new PacketWriter().Packet(PacketTag.PublicKey, _publicBody);
        AppendIdentity(packets);
        return packets.ToArray();
    }

    /// <summary>
    /// Puts a signature around a text. The text must be ASCII or UTF-8 in lines of at most
    /// <see cref="Documents.DocumentWriter.MaxLineBytes"/> bytes that end with a line feed and not with blanks, so that every
    /// peer verifies and reads exactly these bytes.
    /// </summary>
    /// <exception cref="StreamException"><see cref="StreamErrors.SigningTextUnsuitable"/>.</exception>
    public byte[] ClearSign(ReadOnlySpan<byte> text, DateTimeOffset signedAt)
    {
        var escaped = SignableText.Escape(text);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        SignableText.AppendCanonical(hash, text);
        var message = new ArrayBufferWriter<byte>(escaped.Length + 2048);
        message.Write("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"u8);
        message.Write(escaped);
        message.Write(Sign(SignatureType.Text, hash, signedAt));
        return message.WrittenSpan.ToArray();
    }

    /// <summary>An armoured detached signature over exactly these bytes.</summary>
    public byte[] SignDetached(ReadOnlySpan<byte> data, DateTimeOffset signedAt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(data);
        return Sign(SignatureType.Binary, hash, signedAt);
    }

    /// <summary>Forgets the secret.</summary>
    public void Dispose() => _secret.Dispose();

    private static SigningKey Load(List<Packet> packets)
    {
        if (packets.Count == 0 || packets[0].Tag != PacketTag.SecretKey)
            throw new PacketException("it does not start with a secret key");
        if (packets.Count < 2 || packets[1].Tag != PacketTag.UserId)
            throw new PacketException("no user id follows the key");
        var (publicBody, secret) = SplitSecret(packets[0].Body);
        // The owner's own certification stays as it is, so that the exported public key does not change.
        var certification = packets.Count > 2 && packets[2].Tag == PacketTag.Signature
            ? packets[2].Body.ToArray()
            : throw new PacketException("no self-signature follows the user id");
        var publicKey = PublicKeyPacket.ParseOrNull(publicBody, out _)!;
        RequireMatch(publicKey, secret);
        return new SigningKey(secret, publicBody.ToArray(), Encoding.UTF8.GetString(packets[1].Body.Span), publicKey.CreatedAt, certification);
    }

    /// <summary>A secret that does not fit its public key would publish what nobody can verify.</summary>
    private static void RequireMatch(PublicKeyPacket publicKey, SecretMaterial secret)
    {
        var probe = SHA512.HashData(publicKey.Body.Span);
        var signature = new PacketWriter();
        secret.Sign(signature, probe);
        if (!publicKey.Material.CanVerify || !publicKey.Material.Verify(signature.ToArray(), HashId.Sha512, probe))
            throw new PacketException("its secret does not fit its public key, or is too weak");
    }

    private static (ReadOnlyMemory<byte> PublicBody, SecretMaterial Secret) SplitSecret(ReadOnlyMemory<byte> body)
    {
        var publicLength = PublicLength(body);
        var reader = new ByteReader(body[publicLength..]);
        if (reader.Byte() != 0)
            throw new PacketException("it is protected by a passphrase");
        var secretAndSum = body[(publicLength + 1)..];
        if (secretAndSum.Length < 2)
            throw new PacketException("its secret is missing");
        var secret = SecretMaterial.Parse(body[..publicLength], ref reader);
        var sum = reader.UInt16();
        reader.End();
        return sum == PacketWriter.Sum(secretAndSum[..^2].Span)
            ? (body[..publicLength], secret)
            : throw new PacketException("its checksum is wrong: it was damaged");
    }

    private static int PublicLength(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body);
        if (reader.Byte() != 4)
            throw new PacketException("it is not of version 4");
        reader.Take(4);
        var algorithm = reader.Byte();
        if (algorithm == 1)
            reader.Mpi();
        else if (algorithm == 22)
            reader.Take(reader.Byte());
        else
            throw new PacketException($"its algorithm {algorithm} is not one of RSA and Ed25519");
        reader.Mpi();
        return body.Length - reader.Remaining;
    }

    private void AppendIdentity(PacketWriter packets) => packets
        .Packet(PacketTag.UserId, Encoding.UTF8.GetBytes(UserId))
        .Packet(PacketTag.Signature, _certification);

    /// <summary>The self-signature: this user id belongs to this key, which certifies and signs.</summary>
    private byte[] Certify()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        PublicKeyPacket.ParseOrNull(_publicBody, out _)!.AppendTo(hash);
        var userId = Encoding.UTF8.GetBytes(UserId);
        hash.AppendData(new PacketWriter().Byte(0xB4).UInt32((uint)userId.Length).Bytes(userId).Span);
        var more = new PacketWriter()
            .Subpacket(27, [0x03])
            .Subpacket(21, [(byte)HashId.Sha512, (byte)HashId.Sha384, (byte)HashId.Sha256]);
        return SignaturePacketOver(SignatureType.CertificationLast, hash, CreatedAt, more.Span);
    }

    private byte[] Sign(SignatureType type, IncrementalHash hash, DateTimeOffset signedAt)
    {
        var packet = new PacketWriter().Packet(PacketTag.Signature, SignaturePacketOver(type, hash, signedAt, []));
        return Encoding.ASCII.GetBytes(Armor.Encode(packet.Span, Armor.Signature));
    }

    private byte[] SignaturePacketOver(SignatureType type, IncrementalHash hash, DateTimeOffset signedAt, ReadOnlySpan<byte> moreSubpackets)
    {
        var fingerprint = Convert.FromHexString(Fingerprint.Hex);
        var seconds = checked((uint)signedAt.ToUnixTimeSeconds());
        var subpackets = new PacketWriter()
            .Subpacket(33, [4, .. fingerprint])
            .Subpacket(2, new PacketWriter().UInt32(seconds).Span)
            .Bytes(moreSubpackets);
        var packet = new PacketWriter()
            .Byte(4).Byte((int)type).Byte(_secret.Algorithm).Byte((int)HashId.Sha512)
            .UInt16(subpackets.Span.Length).Bytes(subpackets.Span);
        SignaturePacket.AppendTrailer(hash, packet.Span);
        var digest = hash.GetHashAndReset();
        // The key id, unhashed: older readers look a key up by it.
        var unhashed = new PacketWriter().Subpacket(16, fingerprint.AsSpan(12));
        packet.UInt16(unhashed.Span.Length).Bytes(unhashed.Span).Bytes(digest.AsSpan(0, 2));
        // RSA objects do not promise to be usable by several threads at once.
        lock (_secret)
            _secret.Sign(packet, digest);
        return packet.ToArray();
    }
}
