using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>
/// Decides over the signatures of one text: at least one must be good, and none that can be checked may be bad. Those by
/// keys that are not in the keyring, or no longer good, do not count.
/// </summary>
internal sealed class SignatureJudge(Keyring keyring, VerificationPolicy policy, SignatureType type, Action<IncrementalHash> content)
{
    private const int MaxSignatures = 16;

    // What to report when nothing is good: the gravest first.
    private static readonly string[] Gravity =
    [
        StreamErrors.SignatureBad, StreamErrors.SignatureMalformed, StreamErrors.SignatureKeyRevoked, StreamErrors.SignatureKeyExpired,
        StreamErrors.SignatureExpired, StreamErrors.SignatureInFuture, StreamErrors.SignatureWeak, StreamErrors.SignatureKeyUnusable,
        StreamErrors.SignatureKeyUnknown, StreamErrors.SignatureUnsupported,
    ];

    /// <summary>The hash algorithms that the text announces; null when it need not announce any.</summary>
    public IReadOnlyCollection<HashId>? AnnouncedHashes { get; init; }

    public SignatureInfo Judge(ReadOnlyMemory<byte> packets)
    {
        var refusals = new List<StreamException>();
        SignatureInfo? good = null;
        foreach (var packet in Packets.Split(packets, MaxSignatures))
        {
            if (packet.Tag != PacketTag.Signature)
                throw new PacketException($"there is a packet of type {(int)packet.Tag} among the signatures");
            try
            {
                // Each one is judged, also after a good one: a bad one among them spoils the text.
                var info = Judge(SignaturePacket.ParseOrNull(packet.Body, out var version), version);
                good ??= info;
            }
            catch (StreamException e) when (e.Code != StreamErrors.CryptoLibraryMissing)
            {
                refusals.Add(e);
            }
        }

        if (refusals.Find(r => r.Code is StreamErrors.SignatureBad or StreamErrors.SignatureMalformed) is { } bad)
            throw bad;
        return good
            ?? throw (refusals.MinBy(r => Array.IndexOf(Gravity, r.Code)) ?? Refuse(StreamErrors.SignatureMissing, "There is no signature in the armour."));
    }

    private SignatureInfo Judge(SignaturePacket? signature, int version)
    {
        if (signature is null)
            throw Refuse(StreamErrors.SignatureUnsupported, $"The signature has version {version}; only version 4 is verified.");
        if (signature.Type != type || signature.CreatedAt is null || signature.ProblemOrNull is not null)
            throw Refuse(StreamErrors.SignatureMalformed, $"The signature cannot be used: {ProblemOf(signature)}.");

        var candidates = keyring.Find(signature).ToList();
        if (candidates.Count == 0)
            throw Refuse(StreamErrors.SignatureKeyUnknown, UnknownKey(signature));
        RequireStrong(signature, candidates[0].Key);
        foreach (var (certificate, key, subkey) in candidates)
        {
            if (key.Material.CanVerify && IsRight(signature, key))
                return Accept(signature, certificate, key, subkey);
        }

        throw Refuse(
            StreamErrors.SignatureBad,
            $"The signature by key {candidates[0].Key.Fingerprint} does not fit the text: the text or the signature was changed on the way.");
    }

    private void RequireStrong(SignaturePacket signature, PublicKeyPacket key)
    {
        if (signature.Hash.IsWeak())
            throw Refuse(StreamErrors.SignatureWeak, $"The signature uses {signature.Hash.Label()}, which can be forged; SHA-256 or better is needed.");
        if (key.Material.WeaknessOrNull is { } weakness)
            throw Refuse(StreamErrors.SignatureWeak, $"The signature is by key {key.Fingerprint}: {weakness}.");
        if (!signature.Hash.IsStrong() || !key.Material.CanVerify)
            throw Refuse(StreamErrors.SignatureUnsupported, $"The signature uses {key.Material.Label} with {signature.Hash.Label()}, which is not verified here.");
        if (AnnouncedHashes?.Contains(signature.Hash) == false)
            throw Refuse(StreamErrors.SignatureMalformed, $"The signature uses {signature.Hash.Label()}, which the text's 'Hash:' header does not announce.");
    }

    private bool IsRight(SignaturePacket signature, PublicKeyPacket key)
    {
        using var hash = IncrementalHash.CreateHash(signature.Hash.Name());
        content(hash);
        return signature.Verify(key, hash);
    }

    private SignatureInfo Accept(SignaturePacket signature, Certificate certificate, PublicKeyPacket key, SubkeyBinding? subkey)
    {
        if (certificate.RefusalOrNull(subkey, policy) is { } refusal)
            throw Refuse(refusal.Code, refusal.Message);
        var created = signature.CreatedAt!.Value;
        if (created < key.CreatedAt)
            throw Refuse(StreamErrors.SignatureKeyUnusable, $"The signature is dated {created:u}, before its key {key.Fingerprint} was made.");
        if (signature.ExpiresAt <= policy.Now)
            throw Refuse(StreamErrors.SignatureExpired, $"The signature by key {key.Fingerprint} expired on {signature.ExpiresAt:u}. The publisher must sign again.");
        if (created > policy.Now + policy.FutureSkew)
        {
            throw Refuse(
                StreamErrors.SignatureInFuture,
                $"The signature by key {key.Fingerprint} is dated {created:u}, in the future. Check this machine's clock; it says {policy.Now:u}.");
        }

        return new SignatureInfo(key.Fingerprint, certificate.Primary.Fingerprint, created, $"{key.Material.Label}, {signature.Hash.Label()}");
    }

    private string ProblemOf(SignaturePacket signature) =>
        signature.ProblemOrNull
        ?? (signature.CreatedAt is null ? "it has no date" : $"it has the type 0x{(int)signature.Type:x2} where 0x{(int)type:x2} belongs");

    private static string UnknownKey(SignaturePacket signature) =>
        (signature.IssuerFingerprint?.Hex ?? signature.IssuerKeyId) is { } name
            ? $"The signature is by key {name}, which is not in the keyring. Add that key if you trust it."
            : "The signature does not say which key made it, so none of the keyring can be used.";

    private static StreamException Refuse(string code, string message) => new(code, message);
}
