using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Writes OpenPGP fields and packets.</summary>
internal sealed class PacketWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Span => _bytes.WrittenSpan;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public PacketWriter Byte(int value)
    {
        _bytes.Write([(byte)value]);
        return this;
    }

    public PacketWriter UInt16(int value)
    {
        Span<byte> field = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(field, checked((ushort)value));
        _bytes.Write(field);
        return this;
    }

    public PacketWriter UInt32(uint value)
    {
        Span<byte> field = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(field, value);
        _bytes.Write(field);
        return this;
    }

    public PacketWriter Bytes(ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        return this;
    }

    public PacketWriter Mpi(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        var bits = value.IsEmpty ? 0 : value.Length * 8 - byte.LeadingZeroCount(value[0]);
        return UInt16(bits).Bytes(value);
    }

    /// <summary>A packet in the old format, which every implementation reads, for the tags that it has room for.</summary>
    public PacketWriter Packet(PacketTag tag, ReadOnlySpan<byte> body) =>
        Byte(0x80 | ((int)tag << 2) | 1).UInt16(body.Length).Bytes(body);

    public PacketWriter Subpacket(int type, ReadOnlySpan<byte> content) => Byte(content.Length + 1).Byte(type).Bytes(content);

    /// <summary>The sum of all bytes, as secret keys without protection end with (RFC 9580, section 5.5.3).</summary>
    public static int Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var b in bytes)
            sum = (sum + b) & 0xffff;
        return sum;
    }

    /// <summary>Forgets the bytes, when they are secret.</summary>
    public void Erase() => CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span);
}
