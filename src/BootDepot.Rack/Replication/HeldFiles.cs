using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Rack.Replication;

/// <summary>Which files the store has, without asking the disk each time.</summary>
internal sealed class HeldFiles(IBlobStore store)
{
    private readonly ConcurrentDictionary<Digest, long> _sizes = new();

    /// <summary>Every file that is held.</summary>
    public IReadOnlyCollection<Digest> All => [.. _sizes.Keys];

    /// <summary>Their bytes.</summary>
    public long Bytes => _sizes.Values.Sum();

    /// <summary>Looks at the disk.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        await foreach (var blob in store.ListAsync(cancel))
            _sizes[blob.Digest] = blob.Size;
    }

    /// <summary>Whether it is held.</summary>
    public bool Has(Digest digest) => _sizes.ContainsKey(digest);

    /// <summary>Its size; 0 when it is not held.</summary>
    public long SizeOf(Digest digest) => _sizes.GetValueOrDefault(digest);

    /// <summary>It is there now.</summary>
    public void Add(Digest digest, long size) => _sizes[digest] = size;

    /// <summary>Deletes it.</summary>
    public async Task DeleteAsync(Digest digest, CancellationToken cancel)
    {
        _sizes.TryRemove(digest, out _);
        await store.DeleteAsync(digest, cancel);
    }
}
