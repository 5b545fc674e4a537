using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>A self-signature that was verified.</summary>
internal sealed record SelfSignature(DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, uint? KeyLifetime, int? KeyFlags);

/// <summary>A user id with the self-signatures that bind it, and when it was last revoked.</summary>
internal sealed class UserIdBinding(string userId)
{
    public string UserId { get; } = userId;

    public List<SelfSignature> Signatures { get; } = [];

    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>A sub-key with the verified signatures that bind it.</summary>
internal sealed class SubkeyBinding(PublicKeyPacket key)
{
    public PublicKeyPacket Key { get; } = key;

    /// <summary>Those that allow signing have the sub-key's own signature in them, verified too.</summary>
    public List<SelfSignature> Signatures { get; } = [];

    public bool IsRevoked { get; set; }
}

/// <summary>Why a key is not good for a signature.</summary>
internal sealed record KeyRefusal(string Code, string Message);

/// <summary>A primary key with everything of its keyring that was verified to belong to it.</summary>
internal sealed class Certificate(PublicKeyPacket primary)
{
    private const int SignFlag = 0x02;

    public PublicKeyPacket Primary { get; } = primary;

    public bool IsRevoked { get; set; }

    public List<SelfSignature> DirectSignatures { get; } = [];

    public List<UserIdBinding> UserIds { get; } = [];

    public List<SubkeyBinding> Subkeys { get; } = [];

    /// <summary>When the primary key ends, by its newest self-signature; null for never.</summary>
    public DateTimeOffset? ExpiresAt => SelfOrNull(s => s) is { } self ? ExpiryOf(Primary, self) : null;

    /// <summary>When a sub-key ends, by its newest binding; null for never.</summary>
    public static DateTimeOffset? ExpiryOrNull(SubkeyBinding subkey) =>
        NewestOrNull(subkey.Signatures) is { } newest ? ExpiryOf(subkey.Key, newest) : null;

    /// <summary>The keys of this certificate with the given name.</summary>
    public IEnumerable<(PublicKeyPacket Key, SubkeyBinding? Subkey)> Keys() =>
        Subkeys.Select(s => (s.Key, (SubkeyBinding?)s)).Prepend((Primary, null));

    /// <summary>Why the primary key (or the sub-key, when given) may not sign data at that time; null when it may.</summary>
    public KeyRefusal? RefusalOrNull(SubkeyBinding? subkey, VerificationPolicy policy)
    {
        var name = subkey is null ? $"The key {Primary.Fingerprint}" : $"The key {subkey.Key.Fingerprint} (a sub-key of {Primary.Fingerprint})";
        if (IsRevoked || subkey is { IsRevoked: true })
            return new KeyRefusal(StreamErrors.SignatureKeyRevoked, $"{name} was revoked by its owner. Get a new keyring from the vendor.");

        if (SelfOrNull(s => InForce(s, policy)) is not { } self)
            return new KeyRefusal(StreamErrors.SignatureKeyUnusable, $"{name} has no valid self-signature in the keyring. Get the keyring again from the vendor.");
        var binding = subkey is null ? self : NewestOrNull(InForce(subkey.Signatures, policy));
        if (binding is null)
            return new KeyRefusal(StreamErrors.SignatureKeyUnusable, $"{name} is not validly bound to its primary key. Get the keyring again from the vendor.");
        if (!policy.AllowExpiredKeys)
        {
            var expiry = Earlier(ExpiryOf(Primary, self), subkey is null ? null : ExpiryOf(subkey.Key, binding));
            if (expiry <= policy.Now)
            {
                return new KeyRefusal(
                    StreamErrors.SignatureKeyExpired,
                    $"{name} expired on {expiry:yyyy-MM-dd}. Get a new keyring from the vendor, or allow expired keys for this source.");
            }
        }

        // Old primary keys do not say what they are for; sub-keys must.
        var maySign = binding.KeyFlags is { } flags ? (flags & SignFlag) != 0 : subkey is null;
        return maySign ? null : new KeyRefusal(StreamErrors.SignatureKeyUnusable, $"{name} is not meant for signing data, by its own flags.");
    }

    /// <summary>
    /// What the key says of itself: its newest signatures on itself and on its names together. One that is silent on lifetime or
    /// usage (as GnuPG makes them to name a revoker) does not undo what the other one says.
    /// </summary>
    private SelfSignature? SelfOrNull(Func<IEnumerable<SelfSignature>, IEnumerable<SelfSignature>> choose)
    {
        var onNames = UserIds.SelectMany(u => u.Signatures.Where(s => u.RevokedAt is null || s.CreatedAt > u.RevokedAt));
        var (direct, named) = (NewestOrNull(choose(DirectSignatures)), NewestOrNull(choose(onNames)));
        if (direct is null || named is null)
            return direct ?? named;
        var (newer, older) = direct.CreatedAt > named.CreatedAt ? (direct, named) : (named, direct);
        return newer with { KeyLifetime = newer.KeyLifetime ?? older.KeyLifetime, KeyFlags = newer.KeyFlags ?? older.KeyFlags };
    }

    private static IEnumerable<SelfSignature> InForce(IEnumerable<SelfSignature> signatures, VerificationPolicy policy) =>
        signatures.Where(s => s.CreatedAt <= policy.Now + policy.FutureSkew && (s.ExpiresAt is null || s.ExpiresAt > policy.Now));

    // Of several as new as each other, the one that ends the key first.
    private static SelfSignature? NewestOrNull(IEnumerable<SelfSignature> signatures) =>
        signatures.OrderByDescending(s => s.CreatedAt).ThenBy(s => s.KeyLifetime is null or 0 ? uint.MaxValue : s.KeyLifetime).FirstOrDefault();

    private static DateTimeOffset? ExpiryOf(PublicKeyPacket key, SelfSignature signature) =>
        signature.KeyLifetime is > 0 and var seconds ? key.CreatedAt.AddSeconds(seconds) : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;
}
