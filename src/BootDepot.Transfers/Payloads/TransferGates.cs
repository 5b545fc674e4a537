using System;
using System.Threading;

namespace BootDepot.Transfers.Payloads;

/// <summary>What the transfers of a pool share.</summary>
internal sealed class TransferGates(TransferSettings settings) : IDisposable
{
    private long _fetched;

    /// <summary>Those who receive.</summary>
    public FairGate Receiving { get; } = new(settings.Parallel);

    /// <summary>Those who wait for the disk.</summary>
    public SemaphoreSlim Storing { get; } = new(settings.ParallelCommits);

    public long Fetched => Volatile.Read(ref _fetched);

    public void Count(int bytes) => Interlocked.Add(ref _fetched, bytes);

    public void Dispose() => Storing.Dispose();
}
