using System;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Testing;

/// <summary>
/// Bytes that are made when they are read: as many as wanted, different at every place, the same each time. Nothing is
/// kept, so that a test can have gigabytes of them.
/// </summary>
public sealed class GeneratedBytes
{
    private const int BlockSize = 64 * 1024;

    private readonly byte[] _pattern = new byte[BlockSize];

    /// <summary>Makes the recipe.</summary>
    /// <param name="seed">Different seeds, different bytes.</param>
    /// <param name="length">How many.</param>
    public GeneratedBytes(int seed, long length)
    {
        Length = length;
        new Random(seed).NextBytes(_pattern);
        Sha256 = Convert.ToHexStringLower(Hash());
    }

    /// <summary>How many.</summary>
    public long Length { get; }

    /// <summary>Their digest.</summary>
    public string Sha256 { get; }

    /// <summary>Writes a range.</summary>
    public async Task WriteAsync(Stream to, long from, long count, CancellationToken cancel)
    {
        var block = new byte[BlockSize];
        while (count > 0)
        {
            Fill(block, from / BlockSize);
            var start = (int)(from % BlockSize);
            var take = (int)Math.Min(count, BlockSize - start);
            await to.WriteAsync(block.AsMemory(start, take), cancel);
            from += take;
            count -= take;
        }
    }

    private byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[BlockSize];
        for (long at = 0; at < Length; at += BlockSize)
        {
            Fill(block, at / BlockSize);
            hash.AppendData(block, 0, (int)Math.Min(BlockSize, Length - at));
        }

        return hash.GetHashAndReset();
    }

    private void Fill(byte[] block, long number)
    {
        _pattern.CopyTo(block, 0);
        BitConverter.TryWriteBytes(block, number);
    }
}
