using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>
/// Reads transferable public keys (RFC 9580, section 10.1) and verifies each signature that a key makes about itself.
/// Signatures by others are not looked at: every key of the keyring is trusted, because the operator put it there.
/// </summary>
internal sealed class KeyringReader
{
    private const int MaxPackets = 20_000;
    private const int MaxUserIdBytes = 2048;

    // Bounds the time that a hostile keyring can cost.
    private const int MaxVerifications = 2_000;

    private readonly Dictionary<KeyFingerprint, Certificate> _certificates = [];
    private readonly List<(Certificate Certificate, SignaturePacket Signature)> _foreignRevocations = [];
    private readonly HashSet<(KeyFingerprint Key, KeyFingerprint Revoker)> _revokers = [];
    private Certificate? _certificate;
    private UserIdBinding? _userId;
    private SubkeyBinding? _subkey;
    private byte[] _userIdBytes = [];
    private bool _isSkippingKey;
    private bool _isSkippingComponent;
    private int _verifications;

    public List<string> Ignored { get; } = [];

    public IReadOnlyCollection<Certificate> Read(ReadOnlyMemory<byte> bytes)
    {
        foreach (var packet in Packets.Split(bytes, MaxPackets))
            Read(packet);
        ApplyDesignatedRevokers();
        return _certificates.Values;
    }

    private void Read(Packet packet)
    {
        switch (packet.Tag)
        {
            case PacketTag.PublicKey:
                StartKey(packet.Body);
                break;
            case PacketTag.SecretKey or PacketTag.SecretSubkey:
                throw new StreamException(
                    StreamErrors.KeyringHasSecretKey,
                    "The file holds a secret key. Export the public key instead (gpg --export), and consider the secret one disclosed if the file was sent to someone.");
            case PacketTag.Trust or PacketTag.Marker or PacketTag.Padding:
                break;
            case PacketTag.UserId or PacketTag.UserAttribute or PacketTag.PublicSubkey or PacketTag.Signature when _certificate is null && !_isSkippingKey:
                throw new PacketException("it does not start with a public key");
            case PacketTag.UserId or PacketTag.UserAttribute or PacketTag.PublicSubkey or PacketTag.Signature when _isSkippingKey:
                break;
            case PacketTag.UserId:
                StartUserId(packet.Body.Span);
                break;
            case PacketTag.UserAttribute:
                // Pictures bind nothing here, so their signatures are passed over.
                (_userId, _subkey, _isSkippingComponent) = (null, null, true);
                break;
            case PacketTag.PublicSubkey:
                StartSubkey(packet.Body);
                break;
            case PacketTag.Signature:
                ReadSignature(packet.Body);
                break;
            default:
                throw new PacketException($"it has a packet of type {(int)packet.Tag}, which no keyring has");
        }
    }

    private void StartKey(ReadOnlyMemory<byte> body)
    {
        (_userId, _subkey, _isSkippingComponent) = (null, null, false);
        var key = PublicKeyPacket.ParseOrNull(body, out var unsupported);
        _isSkippingKey = key is null;
        _certificate = null;
        if (key is null)
        {
            Ignored.Add(unsupported!);
            return;
        }

        // The same key may come twice, once with its revocation: what is known of it adds up.
        if (!_certificates.TryGetValue(key.Fingerprint, out _certificate))
            _certificates.Add(key.Fingerprint, _certificate = new Certificate(key));
    }

    private void StartUserId(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxUserIdBytes)
            throw new PacketException("a user id is too long");
        (_userId, _subkey, _isSkippingComponent) = (new UserIdBinding(Encoding.UTF8.GetString(body)), null, false);
        _userIdBytes = body.ToArray();
        _certificate!.UserIds.Add(_userId);
    }

    private void StartSubkey(ReadOnlyMemory<byte> body)
    {
        (_userId, _isSkippingComponent) = (null, false);
        var key = PublicKeyPacket.ParseOrNull(body, out var unsupported);
        _subkey = key is null ? null : new SubkeyBinding(key);
        if (_subkey is null)
        {
            Ignored.Add($"{unsupported} (a sub-key of {_certificate!.Primary.Fingerprint})");
            _isSkippingComponent = true;
            return;
        }

        _certificate!.Subkeys.Add(_subkey);
    }

    private void ReadSignature(ReadOnlyMemory<byte> body)
    {
        // Signatures of other versions, which old keys carry from others, say nothing that is used.
        if (_isSkippingComponent || SignaturePacket.ParseOrNull(body, out _) is not { } signature)
            return;
        var primary = _certificate!.Primary;
        if (!signature.MayBeBy(primary))
        {
            if (signature.Type == SignatureType.KeyRevocation && _userId is null && _subkey is null)
                _foreignRevocations.Add((_certificate, signature));
            return;
        }

        switch (signature.Type)
        {
            case SignatureType.KeyRevocation when _userId is null && _subkey is null:
                _certificate.IsRevoked |= IsGoodRevocation(signature, _ => { });
                break;
            case SignatureType.DirectKey when _userId is null && _subkey is null && IsGood(signature, primary, allowSha1: true, _ => { }):
                _certificate.DirectSignatures.Add(SelfSignatureOf(signature));
                break;
            case >= SignatureType.CertificationFirst and <= SignatureType.CertificationLast when _userId is not null
                && IsGood(signature, primary, allowSha1: true, AppendUserId):
                _userId.Signatures.Add(SelfSignatureOf(signature));
                break;
            case SignatureType.CertificationRevocation when _userId is not null && IsGoodRevocation(signature, AppendUserId):
                _userId.RevokedAt = Later(_userId.RevokedAt, signature.CreatedAt ?? DateTimeOffset.MaxValue);
                break;
            case SignatureType.SubkeyBinding when _subkey is not null:
                ReadBinding(signature, _subkey);
                break;
            case SignatureType.SubkeyRevocation when _subkey is not null:
                _subkey.IsRevoked |= IsGoodRevocation(signature, _subkey.Key.AppendTo);
                break;
            default:
                break;
        }
    }

    private void ReadBinding(SignaturePacket signature, SubkeyBinding subkey)
    {
        if (!subkey.Key.Material.CanVerify || !IsGood(signature, _certificate!.Primary, allowSha1: false, subkey.Key.AppendTo))
            return;
        // RFC 9580, section 5.2.1.9: a signing sub-key says itself that it belongs to this primary key, or anyone could adopt it.
        var binding = SelfSignatureOf(signature);
        var adopted = signature.Embedded.Exists(embedded =>
            SignaturePacket.ParseOrNull(embedded, out _) is { Type: SignatureType.PrimaryKeyBinding } back
            && IsGood(back, subkey.Key, allowSha1: false, subkey.Key.AppendTo));
        subkey.Signatures.Add(adopted ? binding : binding with { KeyFlags = 0 });
    }

    private SelfSignature SelfSignatureOf(SignaturePacket signature)
    {
        foreach (var revoker in signature.Revokers)
            _revokers.Add((_certificate!.Primary.Fingerprint, revoker));
        return new SelfSignature(signature.CreatedAt!.Value, signature.ExpiresAt, signature.KeyLifetime, signature.KeyFlags);
    }

    /// <summary>
    /// A revocation that cannot be checked, because its algorithm is too old or too new, counts: in doubt the key is not used.
    /// </summary>
    private bool IsGoodRevocation(SignaturePacket signature, Action<IncrementalHash> content) =>
        !IsComputable(signature.Hash) || !_certificate!.Primary.Material.CanVerify
        || VerifyOver(signature, _certificate.Primary, content);

    /// <summary>
    /// A self-signature. SHA-1 is allowed where the primary key speaks of itself, as old vendors' keys do: the keyring is what
    /// the operator trusts, so nobody else can have put a collision there. Data signatures never get this.
    /// </summary>
    private bool IsGood(SignaturePacket signature, PublicKeyPacket signer, bool allowSha1, Action<IncrementalHash> content) =>
        signature is { ProblemOrNull: null, CreatedAt: { } created }
        && created >= signer.CreatedAt
        && (signature.Hash.IsStrong() || (allowSha1 && signature.Hash == HashId.Sha1))
        && signer.Material.CanVerify
        && VerifyOver(signature, signer, content);

    private bool VerifyOver(SignaturePacket signature, PublicKeyPacket signer, Action<IncrementalHash> content)
    {
        if (++_verifications > MaxVerifications)
            throw new PacketException($"it has more than {MaxVerifications} self-signatures");
        using var hash = IncrementalHash.CreateHash(signature.Hash.Name());
        _certificate!.Primary.AppendTo(hash);
        content(hash);
        return signature.Verify(signer, hash);
    }

    private void AppendUserId(IncrementalHash hash)
    {
        Span<byte> prefix = [0xB4, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], _userIdBytes.Length);
        hash.AppendData(prefix);
        hash.AppendData(_userIdBytes);
    }

    /// <summary>A revocation by a key that the owner named for it: verified when that key is in the keyring, else believed.</summary>
    private void ApplyDesignatedRevokers()
    {
        foreach (var (certificate, signature) in _foreignRevocations)
        {
            var revokers = _revokers.Where(r => r.Key == certificate.Primary.Fingerprint).Select(r => r.Revoker);
            foreach (var revoker in revokers)
            {
                if (signature.IssuerFingerprint is { } named ? named != revoker : signature.IssuerKeyId != revoker.KeyId)
                    continue;
                _certificate = certificate;
                certificate.IsRevoked |= !_certificates.TryGetValue(revoker, out var known)
                    || !IsComputable(signature.Hash) || !known.Primary.Material.CanVerify
                    || VerifyOver(signature, known.Primary, _ => { });
            }
        }
    }

    private static bool IsComputable(HashId hash) => hash.IsStrong() || hash == HashId.Sha1;

    private static DateTimeOffset Later(DateTimeOffset? a, DateTimeOffset b) => a > b ? a.Value : b;
}
