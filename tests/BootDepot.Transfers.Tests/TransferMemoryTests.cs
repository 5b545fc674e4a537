using System;
using System.Threading.Tasks;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers.Tests;

/// <summary>What a transfer allocates. Alone in the process, since what is counted is the process's.</summary>
[Collection(nameof(Alone))]
public sealed class TransferMemoryTests : IDisposable
{
    private readonly TransferBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Memory_stays_flat_however_large_the_blob()
    {
        const long Large = 512L << 20;
        var piece = new byte[1 << 20];
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", $"Content-Length: {Large}");
            for (var at = 0L; at < Large; at += piece.Length)
                await answer.BodyAsync(piece);
        });
        // sha256sum of 512 MiB of zeros
        var digest = Images.Digest.Parse("9acca8e8c22201155389f65abbf6bc9723edc7384ead80503839f49dcc56d767");
        var before = GC.GetTotalAllocatedBytes();
        var outcome = await _bench.FetchAsync(new BlobRequest(digest, Large, [server.Url()], "large"));
        outcome.ShouldBeOfType<BlobOutcome.Stored>();
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(64 << 20);
    }
}
