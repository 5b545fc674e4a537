using System;
using System.Globalization;
using System.Text;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.Containers;

/// <summary>A header block of a tar archive (POSIX.1-2001 pax, "ustar Interchange Format"; GNU tar's manual for its own).</summary>
/// <param name="Name">The member's name.</param>
/// <param name="Size">Bytes of content that follow.</param>
/// <param name="Type">The type flag.</param>
/// <param name="Flavour"><c>ustar</c>, <c>gnu</c>, <c>v7</c>, or <c>pax</c> for a header that extends another.</param>
internal sealed record TarHeader(string Name, long Size, char Type, string Flavour)
{
    public const int Block = 512;

    public bool IsFile => Type is '0' or '\0' or '7';
    public bool IsPaxRecord => Type is 'x' or 'g' or 'X';
    public bool IsGnuName => Type is 'L';
    public bool IsGnuLink => Type is 'K';
    public bool IsGnuSparse => Type is 'S';

    /// <summary>The header in these 512 bytes, or null when the checksum is wrong or a number cannot be read.</summary>
    public static TarHeader? ParseOrNull(ReadOnlySpan<byte> block)
    {
        if (block.Length < Block || !HasChecksum(block) || NumberOrNull(block.Slice(124, 12)) is not { } size)
            return null;
        var magic = block.Slice(257, 8);
        var type = (char)block[156];
        var flavour =
            magic.SequenceEqual("ustar  \0"u8) ? "gnu"
            : magic[..5].SequenceEqual("ustar"u8) ? type is 'x' or 'g' ? "pax" : "ustar"
            : "v7";
        var name = Text(block[..100]);
        if (flavour == "ustar" && Text(block.Slice(345, 155)) is { Length: > 0 } prefix)
            name = $"{prefix}/{name}";
        // Links and folders have no content, whatever the field says.
        return new TarHeader(name, type is '1' or '2' or '3' or '4' or '5' or '6' ? 0 : size, type, flavour);
    }

    /// <summary>The offset of the block after content that begins at <paramref name="data"/>.</summary>
    public static long After(long data, long size) =>
        size > long.MaxValue - data - Block ? long.MaxValue : data + ((size + Block - 1) / Block * Block);

    // The sum of all bytes with the checksum's own field taken as blanks.
    private static bool HasChecksum(ReadOnlySpan<byte> block)
    {
        if (NumberOrNull(block.Slice(148, 8)) is not { } wanted || wanted == 0)
            return false;
        long sum = 8 * ' ';
        for (var i = 0; i < Block; i++)
            sum += i is >= 148 and < 156 ? 0 : block[i];
        return sum == wanted;
    }

    // Octal text, or with the highest bit set a big-endian number (GNU, for sizes of 8 GiB and more).
    private static long? NumberOrNull(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80)
            return ReadUInt64BigEndian(field[^8..]) is var big && big <= long.MaxValue ? (long)big : null;
        var value = 0L;
        foreach (var b in field.Trim(" \0"u8))
        {
            if (b is < (byte)'0' or > (byte)'7')
                return null;
            value = (value << 3) + (b - '0');
        }

        return value;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}

/// <summary>What a pax record says about the next member.</summary>
internal sealed record PaxRecord(string? Path, long? Size, bool IsSparse)
{
    public static PaxRecord Parse(ReadOnlySpan<byte> bytes)
    {
        string? path = null;
        long? size = null;
        var sparse = false;
        // Each is "LENGTH KEY=VALUE\n", the length counting all of it.
        while (bytes.IndexOf((byte)' ') is > 0 and < 10 and var blank)
        {
            if (
                !int.TryParse(bytes[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= blank + 1
                || length > bytes.Length
            )
                break;
            var record = Encoding.UTF8.GetString(bytes[(blank + 1)..length]).TrimEnd('\n');
            var equals = record.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                var (key, value) = (record[..equals], record[(equals + 1)..]);
                if (key == "path")
                    path = value;
                else if (key == "size" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
                    size = n;
                sparse |= key.StartsWith("GNU.sparse.", StringComparison.Ordinal);
            }

            bytes = bytes[length..];
        }

        return new PaxRecord(path, size, sparse);
    }
}
