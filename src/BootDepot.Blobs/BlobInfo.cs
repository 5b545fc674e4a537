using System;
using BootDepot.Images;

namespace BootDepot.Blobs;

/// <summary>A complete blob.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="StoredAt">When it became complete (UTC).</param>
public sealed record BlobInfo(Digest Digest, long Size, DateTimeOffset StoredAt);

/// <summary>A transfer that has not ended.</summary>
/// <param name="Name">Its identity.</param>
/// <param name="Received">Bytes held so far.</param>
/// <param name="WrittenAt">When the last byte came (UTC).</param>
public sealed record PartialInfo(PartialName Name, long Received, DateTimeOffset WrittenAt);

/// <summary>Room in a store, in bytes; null where the backend has no such limit.</summary>
/// <param name="Free">Bytes that can still be written.</param>
/// <param name="Used">Bytes of complete blobs and partials.</param>
public sealed record BlobSpace(long? Free, long? Used);

/// <summary>What a commit came to.</summary>
public abstract record BlobCommit
{
    private BlobCommit()
    {
    }

    /// <summary>The blob is complete and durable.</summary>
    public sealed record Stored(BlobInfo Blob) : BlobCommit;

    /// <summary>The bytes are not those that were expected; the partial was emptied.</summary>
    /// <param name="Actual">What the bytes hash to.</param>
    /// <param name="ActualSize">How many there were.</param>
    public sealed record Mismatch(Digest Actual, long ActualSize) : BlobCommit;
}
