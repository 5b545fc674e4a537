using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Publishing;

namespace BootDepot.Region.Racks;

/// <summary>A short text that changes with everything that the region publishes: what racks compare.</summary>
internal sealed class StreamMark(StreamPublisher publisher)
{
    private volatile Known? _known;

    /// <summary>The present one.</summary>
    public async Task<string> ReadAsync(CancellationToken cancel)
    {
        var stream = await publisher.CurrentAsync(cancel);
        if (_known is { } known && ReferenceEquals(known.Stream, stream))
            return known.Mark;
        var tags = stream.Documents
            .Where(d => d.Key.EndsWith(".sjson", StringComparison.Ordinal))
            .OrderBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => d.Key + d.Value.ETag);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', tags))))[..16];
        _known = new Known(stream, mark);
        return mark;
    }

    private sealed record Known(PublishedStream Stream, string Mark);
}
