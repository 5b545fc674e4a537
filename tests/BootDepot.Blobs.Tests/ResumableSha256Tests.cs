using System;
using System.Security.Cryptography;
using BootDepot.Blobs.Hashing;

namespace BootDepot.Blobs.Tests;

public sealed class ResumableSha256Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(1 << 20)]
    [InlineData((1L << 29) + 64)] // the count of bits needs its high word from here on
    public void A_state_that_was_kept_is_gone_on_with_elsewhere(long length)
    {
        using var reference = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var first = new ResumableSha256();
        var piece = SampleBytes.Make(1 << 20);
        for (var at = 0L; at < length; at += piece.Length)
        {
            var some = piece.AsSpan(0, (int)long.Min(piece.Length, length - at));
            first.Append(some);
            reference.AppendData(some);
        }

        var second = new ResumableSha256();
        second.TryLoad(first.Save()).ShouldBeTrue();
        second.Length.ShouldBe(length);
        second.Append("tail"u8);
        reference.AppendData("tail"u8);

        second.Current().ToHash().ShouldBe(reference.GetCurrentHash());
        second.Append("more"u8);
        reference.AppendData("more"u8);
        second.Current().ToHash().ShouldBe(reference.GetCurrentHash());
    }

    [Fact]
    public void What_is_no_state_is_refused()
    {
        new ResumableSha256().TryLoad(new byte[39]).ShouldBeFalse();
        var odd = new ResumableSha256().Save();
        odd[^1] = 1;
        new ResumableSha256().TryLoad(odd).ShouldBeFalse();
    }
}
