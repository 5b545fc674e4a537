using System;
using System.Buffers.Binary;
using System.Text;

namespace BootDepot.Rack.Netboot.Tftp.Packets;

/// <summary>An error: <c>opcode code text NUL</c> (RFC 1350 section 5).</summary>
internal static class ErrorPacket
{
    private const int LongestText = 200;

    /// <summary>Writes one. Firmware prints the text as it comes, so only printable ASCII is in it.</summary>
    public static byte[] Write(TftpErrorCode code, string message)
    {
        var length = Math.Min(message.Length, LongestText);
        var packet = new byte[5 + length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)Opcode.Error);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)code);
        for (var i = 0; i < length; i++)
            packet[4 + i] = (byte)(message[i] is >= ' ' and <= '~' ? message[i] : '?');
        return packet;
    }

    /// <summary>What an error that was received says, fit for a log.</summary>
    public static string Describe(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 4)
            return "error";
        var text = packet[4..];
        var end = text.IndexOf((byte)0);
        text = text[..Math.Min(end < 0 ? text.Length : end, LongestText)];
        var words = new StringBuilder("error ").Append(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        if (!text.IsEmpty)
            words.Append(": ");
        foreach (var b in text)
            words.Append(b is >= 0x20 and <= 0x7e ? (char)b : '?');
        return words.ToString();
    }
}
