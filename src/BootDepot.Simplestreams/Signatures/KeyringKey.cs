using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>A key of a keyring, for people who look at what they trust.</summary>
/// <param name="Fingerprint">Its identity.</param>
/// <param name="Algorithm">As in <c>RSA 4096</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
/// <param name="IsRevoked">Whether a valid revocation is in the keyring.</param>
/// <param name="Problem">Why no signature of it would be accepted, whatever the time; null when some would.</param>
/// <param name="UserIds">The names that it carries.</param>
/// <param name="Subkeys">Its sub-keys; they have no user ids and no sub-keys.</param>
public sealed record KeyringKey(
    KeyFingerprint Fingerprint,
    string Algorithm,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    bool IsRevoked,
    string? Problem,
    IReadOnlyList<string> UserIds,
    IReadOnlyList<KeyringKey> Subkeys)
{
    internal static KeyringKey Of(Certificate certificate) => new(
        certificate.Primary.Fingerprint,
        certificate.Primary.Material.Label,
        certificate.Primary.CreatedAt,
        certificate.ExpiresAt,
        certificate.IsRevoked,
        ProblemOrNull(certificate.Primary),
        [.. certificate.UserIds.Select(u => u.UserId)],
        [.. certificate.Subkeys.Select(s => new KeyringKey(
            s.Key.Fingerprint, s.Key.Material.Label, s.Key.CreatedAt, Certificate.ExpiryOrNull(s), s.IsRevoked, ProblemOrNull(s.Key), [], []))]);

    private static string? ProblemOrNull(PublicKeyPacket key) =>
        key.Material.CanVerify ? null : key.Material.WeaknessOrNull ?? $"{key.Material.Label} signatures cannot be verified";
}
