using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BootDepot.Serving;

/// <summary>A part of a representation: <see cref="Length"/> bytes from <see cref="Start"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>Last byte, inclusive, as Content-Range writes it.</summary>
    public long End => Start + Length - 1;

    /// <summary>
    /// What a request asks for (RFC 9110, section 14.2). One satisfiable range is honoured; a malformed header or several ranges mean
    /// the whole, which section 14.2 allows; a range past the end cannot be satisfied.
    /// </summary>
    /// <returns>The range; null for the whole; unsatisfiable when the second member is true.</returns>
    public static (ByteRange? Range, bool Unsatisfiable) Of(HttpRequest request, long size)
    {
        if (request.Headers.Range.Count != 1
            || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || header.Unit != "bytes"
            || header.Ranges.Count != 1)
        {
            return (null, false);
        }

        var range = header.Ranges.Single();
        if (range.From is not { } from)
        {
            // The last N bytes; N = 0 asks for nothing.
            var last = range.To ?? 0;
            return last == 0 || size == 0 ? (null, true) : (new ByteRange(long.Max(0, size - last), long.Min(last, size)), false);
        }

        if (from >= size)
            return (null, true);
        var to = long.Min(range.To ?? size - 1, size - 1);
        return (new ByteRange(from, to - from + 1), false);
    }
}
