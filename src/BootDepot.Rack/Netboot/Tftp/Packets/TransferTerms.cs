using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace BootDepot.Rack.Netboot.Tftp.Packets;

/// <summary>What client and server agreed upon.</summary>
/// <param name="BlockSize">Bytes of each block but the last (RFC 2348).</param>
/// <param name="WindowSize">Blocks sent before an acknowledgement is awaited (RFC 7440).</param>
/// <param name="Timeout">The client's own time-out (RFC 2349), when it said one.</param>
/// <param name="Acknowledgement">The packet that tells the client; null when it asked for nothing that is known here.</param>
internal sealed record TransferTerms(int BlockSize, int WindowSize, TimeSpan? Timeout, ImmutableArray<byte>? Acknowledgement)
{
    private const int DefaultBlock = 512;

    /// <summary>
    /// Grants what can be granted of what was asked, in the order asked. What is unknown, said twice or not a number of the
    /// option's range is left out of the answer, which tells the client that it is not granted (RFC 2347). Too large a block or
    /// window is granted as the largest allowed; nothing is ever more than was asked.
    /// </summary>
    /// <param name="asked">The options of the request.</param>
    /// <param name="length">The file's.</param>
    /// <param name="largestBlock">What is allowed and fits the path.</param>
    /// <param name="options">The server's.</param>
    public static TransferTerms Agree(
        ImmutableArray<KeyValuePair<string, string>> asked, long length, int largestBlock, TftpOptions options)
    {
        var block = NumberOrNull(asked, "blksize", 8, int.MaxValue) is { } b ? (int)Math.Min(b, largestBlock) : (int?)null;
        var mostBlocks = Math.Max(1, Math.Min(options.MaxWindowSize, options.MaxWindowBytes / (block ?? DefaultBlock)));
        var window = NumberOrNull(asked, "windowsize", 1, 65535) is { } w ? (int)Math.Min(w, mostBlocks) : (int?)null;
        var timeout = NumberOrNull(asked, "timeout", 1, 255);
        var size = NumberOrNull(asked, "tsize", 0, long.MaxValue) is null ? (long?)null : length;

        var answer = new StringBuilder();
        var answered = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in asked)
        {
            var value = name.ToLowerInvariant() switch
            {
                "blksize" => block,
                "windowsize" => window,
                "timeout" => timeout,
                "tsize" => size,
                _ => null,
            };
            if (value is { } granted && answered.Add(name))
                answer.Append(CultureInfo.InvariantCulture, $"{name}\0{granted}\0");
        }

        return new(
            block ?? DefaultBlock,
            window ?? 1,
            timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            answered.Count == 0 ? null : Packet(answer.ToString()));
    }

    private static ImmutableArray<byte> Packet(string text)
    {
        var packet = new byte[2 + Encoding.ASCII.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)Opcode.OptionAcknowledgement);
        Encoding.ASCII.GetBytes(text, packet.AsSpan(2));
        return ImmutableArray.Create(packet);
    }

    /// <summary>The first value of an option, in ASCII digits; null when it is absent or out of range.</summary>
    private static long? NumberOrNull(ImmutableArray<KeyValuePair<string, string>> asked, string option, long least, long most)
    {
        foreach (var (name, value) in asked)
        {
            if (!name.Equals(option, StringComparison.OrdinalIgnoreCase))
                continue;
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most
                ? number
                : null;
        }

        return null;
    }
}
