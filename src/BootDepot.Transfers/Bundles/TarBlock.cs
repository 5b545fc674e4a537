using System;
using System.Buffers.Binary;
using System.Text;

namespace BootDepot.Transfers.Bundles;

/// <summary>
/// Headers of a tar archive (POSIX.1-1988 "ustar"), with nothing in them but name and size, so that the same content always gives the
/// same bytes and a reader can tell every bit that was changed. Sizes from 8 GiB on are written in base 256, as GNU tar and libarchive do.
/// </summary>
internal static class TarBlock
{
    public const int Size = 512;

    /// <summary>Two empty blocks end an archive.</summary>
    public const int EndSize = 2 * Size;

    private const int NameSize = 100;
    private const int SizeAt = 124;
    private const int SizeSize = 12;
    private const int ChecksumAt = 148;
    private const long MostOctal = (1L << 33) - 1;

    public static bool CanName(string name) => name.Length < NameSize && Ascii.IsValid(name);

    public static byte[] Header(string name, long size)
    {
        var block = new byte[Size];
        Encoding.ASCII.GetBytes(name, block);
        Octal(block.AsSpan(100, 8), 0b110_100_100); // mode 0644
        Octal(block.AsSpan(108, 8), 0); // user
        Octal(block.AsSpan(116, 8), 0); // group
        if (size <= MostOctal)
        {
            Octal(block.AsSpan(SizeAt, SizeSize), size);
        }
        else
        {
            block[SizeAt] = 0x80;
            BinaryPrimitives.WriteInt64BigEndian(block.AsSpan(SizeAt + 4, 8), size);
        }

        Octal(block.AsSpan(136, 12), 0); // time of change
        block.AsSpan(ChecksumAt, 8).Fill((byte)' ');
        block[156] = (byte)'0'; // a regular file
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        Octal(block.AsSpan(329, 8), 0);
        Octal(block.AsSpan(337, 8), 0);
        var sum = 0;
        foreach (var value in block)
            sum += value;
        Octal(block.AsSpan(ChecksumAt, 7), sum);
        return block;
    }

    /// <summary>Name and size of a header that <see cref="Header"/> wrote; null when the block is anything else.</summary>
    public static (string Name, long Size)? ReadOrNull(ReadOnlySpan<byte> block)
    {
        var end = block[..NameSize].IndexOf((byte)0);
        if (end <= 0)
            return null;
        var name = Encoding.ASCII.GetString(block[..end]);
        var size = 0L;
        if (block[SizeAt] == 0x80)
        {
            size = BinaryPrimitives.ReadInt64BigEndian(block.Slice(SizeAt + 4, 8));
        }
        else
        {
            foreach (var digit in block.Slice(SizeAt, SizeSize - 1))
            {
                if (digit is < (byte)'0' or > (byte)'7')
                    return null;
                size = (size * 8) + (digit - '0');
            }
        }

        return size >= 0 && block.SequenceEqual(Header(name, size)) ? (name, size) : null;
    }

    /// <summary>Bytes that an entry's content takes with the padding behind it.</summary>
    public static long Padded(long size) => checked((size + Size - 1) / Size * Size);

    private static void Octal(Span<byte> field, long value)
    {
        for (var at = field.Length - 2; at >= 0; at--, value >>= 3)
            field[at] = (byte)('0' + (value & 7));
        field[^1] = 0;
    }
}
