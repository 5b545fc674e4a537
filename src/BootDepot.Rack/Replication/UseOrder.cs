using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BootDepot.Blobs.Files;
using BootDepot.Images;

namespace BootDepot.Rack.Replication;

/// <summary>When each file was last asked for: on disk as the file's access time, so that a restart does not forget it.</summary>
internal sealed class UseOrder(FileBlobStore store, TimeProvider time)
{
    private static readonly TimeSpan Granularity = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Digest, DateTimeOffset> _used = new();

    /// <summary>It was asked for.</summary>
    public void Touch(Digest digest)
    {
        var now = time.GetUtcNow();
        var before = _used.GetValueOrDefault(digest);
        _used[digest] = now;
        if (now - before < Granularity)
            return;
        try
        {
            File.SetLastAccessTimeUtc(store.PathOf(digest), now.UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleted meanwhile, or a store of somebody else: then only memory knows.
        }
    }

    /// <summary>The files, the longest unused first.</summary>
    public IEnumerable<Digest> LongestUnusedFirst(IEnumerable<Digest> files) => files.OrderBy(LastUse);

    private DateTimeOffset LastUse(Digest digest) =>
        _used.GetOrAdd(digest, d => new DateTimeOffset(File.GetLastAccessTimeUtc(store.PathOf(d)), TimeSpan.Zero));
}
