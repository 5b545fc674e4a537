using System;
using System.Buffers.Binary;
using System.Numerics;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Bytes that are not what OpenPGP says they should be. Never leaves this library: entry points give it their code.</summary>
internal sealed class PacketException(string message) : Exception(message);

/// <summary>Takes fields from the front of bytes, never past their end.</summary>
internal ref struct ByteReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public byte Byte() => Take(1).Span[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2).Span);

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4).Span);

    public ReadOnlyMemory<byte> Take(long count)
    {
        if (count > _rest.Length)
            throw new PacketException("it ends in the middle of a field");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    /// <summary>A multi-precision integer (RFC 9580, section 3.2): its bytes without leading zeros.</summary>
    public ReadOnlyMemory<byte> Mpi()
    {
        var bits = UInt16();
        var value = Take((bits + 7) / 8);
        if (bits > 0 && BitOperations.Log2(value.Span[0]) != (bits - 1) % 8)
            throw new PacketException("a number does not have the length that it says");
        return value;
    }

    public readonly void End()
    {
        if (_rest.Length > 0)
            throw new PacketException($"{_rest.Length} bytes follow the last field");
    }
}
