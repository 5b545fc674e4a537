using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Identify.Containers;

/// <summary>Reads a tar archive forward.</summary>
internal static class TarMembers
{
    private const int MaxRecord = 1 << 20;

    /// <summary>Moves to the content of the file of that name and returns its length.</summary>
    /// <exception cref="InvalidDataException">There is none, or the archive is damaged.</exception>
    /// <exception cref="EndOfStreamException">The archive is cut off.</exception>
    public static async Task<long> SkipToAsync(Stream archive, string name, CancellationToken token)
    {
        var block = new byte[TarHeader.Block];
        var pax = new PaxRecord(null, null, false);
        string? longName = null;
        while (true)
        {
            await archive.ReadExactlyAsync(block, token);
            if (!block.AsSpan().ContainsAnyExcept((byte)0))
                throw new InvalidDataException($"The archive has no member '{name}'.");
            if (TarHeader.ParseOrNull(block) is not { } header)
                throw new InvalidDataException("A header of the archive is damaged.");
            if (header.IsPaxRecord || header.IsGnuName || header.IsGnuLink)
            {
                if (header.Size > MaxRecord)
                    throw new InvalidDataException("A record of the archive is too long.");
                var bytes = new byte[(int)TarHeader.After(0, header.Size)];
                await archive.ReadExactlyAsync(bytes, token);
                var content = bytes.AsSpan(0, (int)header.Size);
                if (header.IsPaxRecord && header.Type != 'g')
                    pax = PaxRecord.Parse(content);
                else if (header.IsGnuName)
                    longName = Encoding.UTF8.GetString(content).TrimEnd('\0');
                continue;
            }

            var size = pax.Size ?? header.Size;
            if (header.IsFile && (longName ?? pax.Path ?? header.Name) == name)
                return size;
            await SkipAsync(archive, TarHeader.After(0, size), token);
            (pax, longName) = (new PaxRecord(null, null, false), null);
        }
    }

    private static async Task SkipAsync(Stream stream, long count, CancellationToken token)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            while (count > 0)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(count, buffer.Length));
                await stream.ReadExactlyAsync(part, token);
                count -= part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
