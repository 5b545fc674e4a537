using System;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>What a signature must satisfy besides being mathematically right.</summary>
/// <param name="Now">The time to judge by.</param>
public sealed record VerificationPolicy(DateTimeOffset Now)
{
    /// <summary>How far in the future a signature may be dated: clocks differ. One day.</summary>
    public TimeSpan FutureSkew { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Accept signatures by keys that have expired: an operator's way out when a vendor let a key run out. Revoked keys are
    /// refused all the same.
    /// </summary>
    public bool AllowExpiredKeys { get; init; }

    /// <summary>How much of a signed document is read.</summary>
    public StreamLimits Limits { get; init; } = StreamLimits.Default;
}
