using System.Collections.Generic;
using System.Text;

namespace BootDepot.Region.Api.Requests;

/// <summary>Parameters of a header value: <c>form-data; name="a"; filename=b</c> (RFC 9110, section 5.6.6).</summary>
internal static class HeaderParameters
{
    /// <summary>
    /// The parameters after the first semicolon, quotes undone. What does not fit the grammar is skipped rather than
    /// refused.
    /// </summary>
    public static IEnumerable<(string Key, string Value)> Read(string header)
    {
        var at = header.IndexOf(';', System.StringComparison.Ordinal);
        while (at >= 0 && at < header.Length)
        {
            at++;
            var end = at;
            while (end < header.Length && header[end] is not ('=' or ';'))
                end++;
            var key = header[at..end].Trim();
            if (end >= header.Length || header[end] == ';')
            {
                at = end;
                continue;
            }

            (var value, at) = ReadValue(header, end + 1);
            if (key.Length > 0)
                yield return (key, value);
        }
    }

    // Returns the value and the index of the semicolon behind it (or the end of the header).
    private static (string Value, int Next) ReadValue(string header, int at)
    {
        while (at < header.Length && header[at] is ' ' or '\t')
            at++;
        if (at >= header.Length || header[at] != '"')
        {
            var semicolon = header.IndexOf(';', at);
            var end = semicolon < 0 ? header.Length : semicolon;
            return (header[at..end].Trim(), end);
        }

        var text = new StringBuilder();
        for (at++; at < header.Length && header[at] != '"'; at++)
        {
            if (header[at] == '\\' && at + 1 < header.Length)
                at++;
            text.Append(header[at]);
        }

        var next = at < header.Length ? header.IndexOf(';', at) : -1;
        return (text.ToString(), next < 0 ? header.Length : next);
    }
}
