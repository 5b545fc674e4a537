using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers.Tests;

public sealed class TransferPoolTests : IDisposable
{
    private readonly TransferBench _bench = new();
    private readonly HttpSender _http = new(new HttpSettings(), TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public async Task Many_blobs_arrive_and_the_failure_of_one_is_its_own()
    {
        var files = Enumerable.Range(0, 40).Select(n => TransferBench.Bytes(10_000 + n, n)).ToArray();
        await using var server = new RawServer((request, answer) => request.Target == "/7"
            ? answer.SendAsync("404 Not Found")
            : answer.FileAsync(request, files[int.Parse(request.Target[1..], System.Globalization.CultureInfo.InvariantCulture)]));
        using var pool = Pool();
        var outcomes = await Task.WhenAll(files.Select((file, n) => pool.FetchAsync(TransferBench.Request(file, server.Url($"/{n}")), Cancel)));
        outcomes.OfType<BlobOutcome.Stored>().Count().ShouldBe(39);
        outcomes[7].ShouldBeOfType<BlobOutcome.Failed>().Fault.Code.ShouldBe(TransferErrors.NotFound);
        pool.BytesFetched.ShouldBe(files.Where((_, n) => n != 7).Sum(file => file.Length));
    }

    [Fact]
    public async Task A_blob_that_many_want_is_fetched_once()
    {
        var file = TransferBench.Bytes(200_000);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, file));
        using var pool = Pool();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.FetchAsync(TransferBench.Request(file, server.Url()), Cancel)));
        outcomes.ShouldAllBe(outcome => outcome is BlobOutcome.Stored);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task No_more_than_the_set_number_are_received_at_once()
    {
        int now = 0, most = 0;
        await using var server = new RawServer(async (_, answer) =>
        {
            var here = Interlocked.Increment(ref now);
            InterlockedMax(ref most, here);
            await Task.Delay(20, answer.Stop);
            Interlocked.Decrement(ref now);
            await answer.SendAsync("404 Not Found");
        });
        using var pool = Pool(parallel: 3);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => pool.FetchAsync(TransferBench.Request(TransferBench.Bytes(10, n), server.Url()), Cancel)));
        most.ShouldBe(3);
    }

    [Fact]
    public async Task Images_take_turns()
    {
        var gate = new FairGate(1);
        await gate.EnterAsync("first", Cancel);
        var order = new List<string>();
        var waiting = new[] { "a1", "a2", "a3", "b1", "c1", "b2" }.Select(async name =>
        {
            await gate.EnterAsync(name[..1], Cancel);
            lock (order)
                order.Add(name);
            gate.Release();
        }).ToList();
        gate.Release();
        await Task.WhenAll(waiting);
        order.ShouldBe(["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    [Fact]
    public async Task One_who_stops_waiting_gives_up_the_turn()
    {
        var gate = new FairGate(1);
        await gate.EnterAsync("x", Cancel);
        using var stop = new CancellationTokenSource();
        var impatient = gate.EnterAsync("a", stop.Token);
        var patient = gate.EnterAsync("b", Cancel);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => impatient);
        gate.Release();
        await patient;
        gate.Release();
        await gate.EnterAsync("c", Cancel); // the place came back
    }

    [Fact]
    public async Task A_transfer_goes_on_while_anyone_waits_and_stops_with_the_last()
    {
        var file = TransferBench.Bytes(2 << 20);
        var half = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        var requests = 0;
        await using var server = new RawServer(async (request, answer) =>
        {
            if (Interlocked.Increment(ref requests) > 1)
            {
                await answer.FileAsync(request, file);
                return;
            }

            await answer.FileAsync(request, file, cutAfter: 1 << 20);
            half.SetResult();
            await open.Task;
        });
        using var pool = Pool();
        using var one = new CancellationTokenSource();
        using var two = new CancellationTokenSource();
        var request = TransferBench.Request(file, server.Url());
        var first = pool.FetchAsync(request, one.Token);
        var second = pool.FetchAsync(request, two.Token);
        await half.Task;
        await one.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        second.IsCompleted.ShouldBeFalse();
        while (pool.BytesFetched < 1 << 20)
            await Task.Delay(1, Cancel);
        await two.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);

        // What came is kept, and the partial is free at once.
        (await _bench.Store.ListPartialsAsync(Cancel).SingleAsync(Cancel)).Received.ShouldBe(1 << 20);
        (await pool.FetchAsync(request, Cancel)).ShouldBeOfType<BlobOutcome.Stored>().Fetched.ShouldBe(1 << 20);
        open.SetResult();
    }

    [Fact]
    public async Task Received_bytes_pass_one_place_where_they_can_be_held_back()
    {
        var file = TransferBench.Bytes(300_000);
        var seen = 0L;
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, file));
        var outcome = await _bench.FetchAsync(TransferBench.Request(file, server.Url()), null, TransferBench.Quick with
        {
            OnBytes = (count, _) =>
            {
                seen += count;
                return ValueTask.CompletedTask;
            },
        });
        outcome.ShouldBeOfType<BlobOutcome.Stored>();
        seen.ShouldBe(300_000);
    }

    private static void InterlockedMax(ref int place, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref place)) < value && Interlocked.CompareExchange(ref place, value, seen) != seen)
        {
        }
    }

    private TransferPool Pool(int parallel = 8) => new(_http, _bench.Store, TransferBench.Quick with { Parallel = parallel });
}
