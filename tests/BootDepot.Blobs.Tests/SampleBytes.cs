using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using BootDepot.Images;

namespace BootDepot.Blobs.Tests;

/// <summary>Bytes that look random, and that can be made again from any offset: the same in every process.</summary>
internal static class SampleBytes
{
    public static byte[] Make(int size, int seed = 1)
    {
        var bytes = new byte[size];
        Fill(bytes, seed, 0);
        return bytes;
    }

    public static Digest DigestOf(ReadOnlySpan<byte> bytes) => Digest.FromHash(SHA256.HashData(bytes));

    public static void Fill(Span<byte> bytes, int seed, long offset)
    {
        Span<byte> word = stackalloc byte[8];
        for (var i = 0; i < bytes.Length;)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mix(((ulong)(offset + i) / 8) + ((ulong)seed << 40)));
            for (var k = (int)((offset + i) % 8); k < 8 && i < bytes.Length; k++, i++)
                bytes[i] = word[k];
        }
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
