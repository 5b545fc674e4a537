using System;
using System.Collections.Generic;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Transfers.Payloads;

/// <summary>A blob that is wanted.</summary>
/// <param name="Digest">What its bytes must hash to.</param>
/// <param name="Size">How many they must be.</param>
/// <param name="Urls">Where it can be had, best first; may have credentials.</param>
/// <param name="Group">What it belongs to (an image, say): groups take turns, so that a large one does not delay the others.</param>
public sealed record BlobRequest(Digest Digest, long Size, IReadOnlyList<Uri> Urls, string Group);

/// <summary>How a transfer ended.</summary>
/// <param name="Fetched">Bytes that were received for it, those that had to be fetched again included.</param>
public abstract record BlobOutcome(long Fetched)
{
    /// <summary>The blob is in the store, verified and durable.</summary>
    /// <param name="Blob">What is stored.</param>
    /// <param name="WasHeld">It was there already; nothing was fetched.</param>
    /// <param name="Fetched">Bytes received.</param>
    public sealed record Stored(BlobInfo Blob, bool WasHeld, long Fetched) : BlobOutcome(Fetched);

    /// <summary>It could not be had. What was received stays as a partial, unless it was wrong.</summary>
    /// <param name="Fault">Why.</param>
    /// <param name="Fetched">Bytes received.</param>
    public sealed record Failed(Fault Fault, long Fetched) : BlobOutcome(Fetched);
}

/// <summary>What a transfer is doing.</summary>
public enum TransferPhase
{
    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>Receives bytes.</summary>
    Fetching,

    /// <summary>Waits before the next attempt; the reason and the time are given.</summary>
    WaitingForRetry,

    /// <summary>Has all bytes and makes them durable.</summary>
    Storing,
}

/// <summary>A sign of life of one transfer.</summary>
/// <param name="Request">Which.</param>
/// <param name="Phase">What it is doing.</param>
/// <param name="Received">Bytes of the blob that are held.</param>
/// <param name="Reason">Why it waits for a retry.</param>
/// <param name="RetryAt">When it tries again (UTC).</param>
public sealed record TransferProgress(
    BlobRequest Request,
    TransferPhase Phase,
    long Received,
    Fault? Reason = null,
    DateTimeOffset? RetryAt = null);
