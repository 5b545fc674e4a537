using System;
using System.Collections.Generic;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>A packet: its tag and its content.</summary>
internal readonly record struct Packet(PacketTag Tag, ReadOnlyMemory<byte> Body);

/// <summary>RFC 9580, section 5.</summary>
internal enum PacketTag
{
    Signature = 2,
    SecretKey = 5,
    PublicKey = 6,
    SecretSubkey = 7,
    Marker = 10,
    Trust = 12,
    UserId = 13,
    PublicSubkey = 14,
    UserAttribute = 17,
    Padding = 21,
}

/// <summary>
/// Splits bytes into packets (RFC 9580, section 4.2). Partial and indeterminate lengths, which only encrypted and literal
/// data may have, are refused.
/// </summary>
internal static class Packets
{
    public static List<Packet> Split(ReadOnlyMemory<byte> bytes, int maxPackets)
    {
        var packets = new List<Packet>();
        var reader = new ByteReader(bytes);
        while (reader.Remaining > 0)
        {
            if (packets.Count == maxPackets)
                throw new PacketException($"it has more than {maxPackets} packets");
            var header = reader.Byte();
            if ((header & 0x80) == 0)
                throw new PacketException("a packet header is wrong");
            var isNew = (header & 0x40) != 0;
            var tag = isNew ? header & 0x3f : (header >> 2) & 0x0f;
            if (tag == 0)
                throw new PacketException("a packet has the reserved tag 0");
            var length = isNew ? NewLength(ref reader) : OldLength(ref reader, header & 3);
            packets.Add(new Packet((PacketTag)tag, reader.Take(length)));
        }

        return packets;
    }

    private static long NewLength(ref ByteReader reader) => reader.Byte() switch
    {
        < 192 and var one => one,
        < 224 and var first => ((first - 192) << 8) + reader.Byte() + 192,
        255 => reader.UInt32(),
        _ => throw new PacketException("a packet has a partial length"),
    };

    private static long OldLength(ref ByteReader reader, int lengthType) => lengthType switch
    {
        0 => reader.Byte(),
        1 => reader.UInt16(),
        2 => reader.UInt32(),
        _ => throw new PacketException("a packet has no length"),
    };
}
