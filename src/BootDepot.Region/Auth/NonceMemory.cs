using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace BootDepot.Region.Auth;

/// <summary>
/// Nonces that were used, for as long as their timestamp would still be accepted. Sixteen bytes of a hash are kept of
/// each, in buckets by time, so that old ones go a bucket at a time.
/// </summary>
internal sealed class NonceMemory
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, HashSet<UInt128>> _buckets = [];

    /// <summary>Number remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                var count = 0;
                foreach (var bucket in _buckets.Values)
                    count += bucket.Count;
                return count;
            }
        }
    }

    /// <summary>Whether the nonce was used with that key and timestamp window.</summary>
    public bool IsUsed(OAuthParameters oauth)
    {
        var hash = HashOf(oauth);
        lock (_lock)
        {
            foreach (var bucket in _buckets.Values)
            {
                if (bucket.Contains(hash))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Remembers a nonce; false when it was used before.</summary>
    /// <param name="oauth">Key and nonce.</param>
    /// <param name="timestamp">Its timestamp, seconds; may be in the future.</param>
    /// <param name="now">Seconds now.</param>
    public bool TryUse(OAuthParameters oauth, long timestamp, long now)
    {
        var hash = HashOf(oauth);
        // A bucket is dropped when even its latest timestamp is refused as too old.
        var index = Math.Max(timestamp, now) / OAuthVerifier.TimestampThresholdSeconds;
        lock (_lock)
        {
            Forget((now / OAuthVerifier.TimestampThresholdSeconds) - 2);
            foreach (var bucket in _buckets.Values)
            {
                if (bucket.Contains(hash))
                    return false;
            }

            if (!_buckets.TryGetValue(index, out var own))
                _buckets[index] = own = [];
            return own.Add(hash);
        }
    }

    private void Forget(long last)
    {
        while (_buckets.Count > 0)
        {
            using var buckets = _buckets.Keys.GetEnumerator();
            buckets.MoveNext();
            if (buckets.Current > last)
                return;
            _buckets.Remove(buckets.Current);
        }
    }

    private static UInt128 HashOf(OAuthParameters oauth)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{oauth.ConsumerKey}\n{oauth.Token}\n{oauth.Nonce}"), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
