using System;

namespace BootDepot.Images.Racks;

/// <summary>What a rack shows to be let in.</summary>
public sealed record RackEnrolmentRequest
{
    /// <summary>The token that an administrator made.</summary>
    public required string Token { get; init; }

    /// <summary>The rack's host name.</summary>
    public required string Hostname { get; init; }

    /// <summary>Version of its software.</summary>
    public string Version { get => field ?? ""; init; } = "";

    /// <summary>Where machines and other racks reach it; null when it serves neither.</summary>
    public string? Url { get; init; }
}

/// <summary>What a rack is from then on. The key opens the rack's own endpoints and nothing else.</summary>
public sealed record RackEnrolment
{
    /// <summary>What names it in the region's API.</summary>
    public required string SystemId { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it authenticates with, as <c>Authorization: Bearer KEY</c> (RFC 6750).</summary>
    public required string Key { get; init; }

    /// <summary>The region's UUID.</summary>
    public required string RegionUuid { get; init; }

    /// <summary>The public key that signs the region's stream, on a rack later its successors too: a binary OpenPGP keyring.</summary>
    public required ReadOnlyMemory<byte> Keyring { get; init; }
}

/// <summary>The text of an enrolment token: <c>SECRET.FINGERPRINT</c>.</summary>
/// <param name="Secret">What the region knows it by.</param>
/// <param name="Fingerprint">
/// Fingerprint of the key that signs the region's stream, so that a rack that is lied to at its enrolment notices it.
/// </param>
public sealed record RackToken(string Secret, string Fingerprint)
{
    /// <summary>Reads the text.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RackToken Parse(string text) =>
        text.Trim().Split('.') is [{ Length: > 0 } secret, { Length: 40 } fingerprint]
            ? new RackToken(secret, fingerprint)
            : throw new FormatException("This is not an enrolment token: one has a secret, a dot and 40 digits, as 'bootdepot admin rack-token' prints it.");

    /// <inheritdoc />
    public override string ToString() => $"{Secret}.{Fingerprint}";
}
