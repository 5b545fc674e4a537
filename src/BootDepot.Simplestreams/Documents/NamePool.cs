using System;
using System.Text;

namespace BootDepot.Simplestreams.Documents;

/// <summary>
/// Gives the same string for the same bytes, as long as nothing else took its place: tag names and short values repeat
/// thousands of times in a document. Bounded, whatever is read.
/// </summary>
internal sealed class NamePool
{
    private const int Slots = 4096;
    private const int MaxBytes = 40;

    private readonly string?[] _strings = new string?[Slots];

    /// <summary>The string of these bytes, which are valid UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            return Encoding.UTF8.GetString(utf8);
        // FNV-1a; collisions cost a string, nothing else.
        var hash = 2166136261u;
        foreach (var b in utf8)
            hash = (hash ^ b) * 16777619u;
        ref var slot = ref _strings[(hash ^ (hash >> 15)) % Slots];
        if (slot is null || !Ascii.Equals(utf8, slot))
            slot = Encoding.UTF8.GetString(utf8);
        return slot;
    }
}
