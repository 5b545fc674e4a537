using System;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Lines that end with a line feed, a carriage return before it dropped; the last one need not end.</summary>
internal ref struct LineReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next line starts.</summary>
    public int Position { get; private set; }

    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (Position >= _bytes.Length)
            return false;
        var rest = _bytes[Position..];
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        Position += end < 0 ? rest.Length : end + 1;
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        return true;
    }
}
