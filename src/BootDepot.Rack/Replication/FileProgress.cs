using System;
using System.Collections.Concurrent;
using BootDepot.Images;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Rack.Replication;

/// <summary>How far each file is that is on its way, and why those that failed did. Told by the transfers themselves.</summary>
internal sealed class FileProgress
{
    private readonly ConcurrentDictionary<Digest, TransferProgress> _transfers = new();
    private readonly ConcurrentDictionary<Digest, Fault> _faults = new();

    /// <summary>Called on each sign of life, on the transfer's own path.</summary>
    public Action<TransferProgress>? Moved { get; set; }

    /// <summary>A transfer tells.</summary>
    public void Tell(TransferProgress progress)
    {
        _transfers[progress.Request.Digest] = progress;
        Moved?.Invoke(progress);
    }

    /// <summary>A transfer ended.</summary>
    public void End(Digest digest, BlobOutcome outcome)
    {
        _transfers.TryRemove(digest, out _);
        if (outcome is BlobOutcome.Failed failed)
            _faults[digest] = failed.Fault;
        else
            _faults.TryRemove(digest, out _);
    }

    /// <summary>Forgets why files failed: they are tried again.</summary>
    public void ForgetFaults() => _faults.Clear();

    /// <summary>Bytes of a file that is not whole.</summary>
    public long ReceivedOf(Digest digest) => _transfers.TryGetValue(digest, out var progress) ? progress.Received : 0;

    /// <summary>Why it failed, or why it waits for another attempt; null for neither.</summary>
    public Fault? FaultOf(Digest digest) => (_faults.TryGetValue(digest, out var fault) ? fault : null)
        ?? (_transfers.TryGetValue(digest, out var progress) && progress.Phase == TransferPhase.WaitingForRetry ? progress.Reason : null);

    /// <summary>Whether it failed and is not being tried.</summary>
    public bool HasFailed(Digest digest) => _faults.ContainsKey(digest);
}
