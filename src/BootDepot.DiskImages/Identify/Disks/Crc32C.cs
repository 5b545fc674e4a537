using System;
using System.Buffers.Binary;
using System.Numerics;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>The CRC-32C that VHDX structures carry, computed with the field itself taken as zero.</summary>
internal static class Crc32C
{
    /// <summary>Whether the four bytes at <paramref name="at"/> are the structure's checksum.</summary>
    public static bool Holds(ReadOnlySpan<byte> structure, int at)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < structure.Length; i++)
            crc = BitOperations.Crc32C(crc, i >= at && i < at + 4 ? (byte)0 : structure[i]);
        return ~crc == BinaryPrimitives.ReadUInt32LittleEndian(structure[at..]);
    }
}
