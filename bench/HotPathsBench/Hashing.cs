using System;
using BenchmarkDotNet.Attributes;
using BootDepot.Blobs.Hashing;
using BootDepot.Images;

namespace BootDepot.HotPathsBench;

/// <summary>SHA-256 of a piece as it comes in, and beside it the platform's, whose state cannot be kept.</summary>
public class Hashing
{
    private readonly byte[] _piece = new byte[1 << 20];
    private readonly ResumableSha256 _ours = new();
    private readonly System.Security.Cryptography.IncrementalHash _platform =
        System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);

    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_piece);

    [Benchmark]
    public void A_MiB() => _ours.Append(_piece);

    [Benchmark]
    public void A_MiB_by_the_platform() => _platform.AppendData(_piece);

    [Benchmark]
    public byte[] State_written_down() => _ours.Save();

    [Benchmark]
    public bool Digest_parsed() => Digest.TryParse("02e95dbd8dbb48b53d0d4f31856349870cf5437909ea1ed094b097e3d2e40b64", out _);
}
