using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers.Tests;

/// <summary>The store is ours: that it is away is no fault of the servers, and is waited for by the clock.</summary>
public sealed class StoreAwayTests : IDisposable
{
    private static readonly byte[] File = TransferBench.Bytes((3 << 20) + 777);

    private readonly TransferBench _bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public async Task A_store_that_is_away_for_many_attempts_is_waited_for_and_gone_on_with(int from)
    {
        // Far more often than a server may fail.
        var refusals = 0;
        var store = new AwayStore(_bench.Store, (written, _) => written >= from && ++refusals <= 10 * TransferBench.Quick.Attempts);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        var stored = (await _bench.FetchAsync(TransferBench.Request(File, server.Url()), store: store)).ShouldBeOfType<BlobOutcome.Stored>();
        (await _bench.Store.SizeOrNullAsync(TransferBench.DigestOf(File), Cancel)).ShouldBe(File.Length);
        var waits = _bench.Progress.Where(progress => progress.Phase == TransferPhase.WaitingForRetry).ToList();
        waits.Count.ShouldBeGreaterThan(TransferBench.Quick.Attempts);
        waits.ShouldAllBe(wait => wait.Reason!.Code == TransferErrors.StoreAway && wait.Reason.Message.StartsWith("Waiting for the store: ") && wait.RetryAt != null);
        // The servers are not asked while it is away.
        server.Requests.Count.ShouldBeLessThanOrEqualTo(2);
        stored.Fetched.ShouldBeLessThan(2 * File.Length);
    }

    [Fact]
    public async Task A_store_that_stays_away_longer_than_our_patience_ends_the_transfer_with_a_code_of_its_own()
    {
        var store = new AwayStore(_bench.Store, (_, _) => true);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        var settings = TransferBench.Quick with { StorePatience = TimeSpan.FromMilliseconds(50) };
        var failed = (await _bench.FetchAsync(TransferBench.Request(File, server.Url()), settings: settings, store: store)).ShouldBeOfType<BlobOutcome.Failed>();
        failed.Fault.Code.ShouldBe("blobs-unreachable");
        failed.Fault.Message.ShouldContain("does not answer");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_answers_and_keeps_nothing_does_not_make_us_fetch_for_ever()
    {
        var store = new AwayStore(_bench.Store, (_, writes) => writes);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        var settings = TransferBench.Quick with { StorePatience = TimeSpan.FromMilliseconds(50) };
        var failed = (await _bench.FetchAsync(TransferBench.Request(File, server.Url()), settings: settings, store: store)).ShouldBeOfType<BlobOutcome.Failed>();
        failed.Fault.Code.ShouldBe("blobs-unreachable");
    }
}
