using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Transfers;

/// <summary>How hard transfers try.</summary>
public sealed record TransferSettings
{
    /// <summary>Blobs that are received at once.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>Blobs that are made durable at once, while others are received already.</summary>
    public int ParallelCommits { get; init; } = 32;

    /// <summary>Attempts that bring nothing new, in a row and per server, before a transfer gives up.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>Attempts at a document.</summary>
    public int DocumentAttempts { get; init; } = 3;

    /// <summary>Wait before the second attempt; doubled for each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait between attempts, unless the server asks for a longer one.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a transfer waits for its store when that is away. Not counted in <see cref="Attempts"/>, which are the servers'.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait before the store is asked again.</summary>
    public TimeSpan LongestStoreDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The one place where received bytes pass: called with their number before they are kept, and awaited. A rate limit
    /// waits here.
    /// </summary>
    public Func<int, CancellationToken, ValueTask>? OnBytes { get; init; }

    /// <summary>Exponential back-off with jitter between a half and the whole, so that many clients do not return as one.</summary>
    internal TimeSpan DelayBefore(int attempt)
    {
        var whole = FirstDelay * Math.Pow(2, Math.Min(attempt, 20) - 1);
        if (whole > LongestDelay)
            whole = LongestDelay;
#pragma warning disable CA5394 // jitter needs no secrecy
        return whole * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }
}
