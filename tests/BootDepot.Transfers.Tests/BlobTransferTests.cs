using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers.Tests;

public sealed class BlobTransferTests : IDisposable
{
    private const int Size = (3 << 20) + 777;
    private static readonly byte[] File = TransferBench.Bytes(Size);

    private readonly TransferBench _bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(102_400)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(Size)]
    public async Task A_blob_of_any_size_arrives_whole(int size)
    {
        var bytes = File[..size];
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, bytes));
        var stored = await _bench.FetchWholeAsync(bytes, null, server.Url());
        stored.Fetched.ShouldBe(size);
        stored.WasHeld.ShouldBeFalse();
        server.Requests.ShouldAllBe(request => request["Accept-Encoding"] == "identity" && request["User-Agent"]!.StartsWith("BootDepot/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_held_blob_is_not_fetched_again()
    {
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        await _bench.FetchWholeAsync(File, null, server.Url());
        var again = await _bench.FetchWholeAsync(File, null, server.Url());
        again.WasHeld.ShouldBeTrue();
        again.Fetched.ShouldBe(0);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_without_a_length_is_taken_to_its_end()
    {
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK");
            await answer.BodyAsync(File);
        });
        await _bench.FetchWholeAsync(File, null, server.Url());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(1 << 20)]
    [InlineData(Size - 1)]
    public async Task A_partial_of_an_earlier_run_is_gone_on_with(int held)
    {
        await _bench.LeavePartialAsync(TransferBench.DigestOf(File), File.AsMemory(0, held), Size);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        var stored = await _bench.FetchWholeAsync(File, null, server.Url());
        stored.Fetched.ShouldBe(Size - held);
        server.Requests.Single()["Range"].ShouldBe($"bytes={held}-");
    }

    [Fact]
    public async Task A_partial_that_is_complete_needs_no_request()
    {
        await _bench.LeavePartialAsync(TransferBench.DigestOf(File), File, Size);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        (await _bench.FetchWholeAsync(File, null, server.Url())).Fetched.ShouldBe(0);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_partial_costs_one_more_transfer_and_no_failure()
    {
        await _bench.LeavePartialAsync(TransferBench.DigestOf(File), TransferBench.Bytes(1000, seed: 2), Size);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        (await _bench.FetchWholeAsync(File, null, server.Url())).Fetched.ShouldBe(Size - 1000 + Size);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twenty_cut_connections_cost_no_byte_twice(bool reset)
    {
        await using var server = new RawServer(async (request, answer) =>
        {
            await answer.FileAsync(request, File, cutAfter: Size / 21);
            if (reset)
                answer.Reset();
        });
        var stored = await _bench.FetchWholeAsync(File, null, server.Url());
        server.Requests.Count.ShouldBeGreaterThanOrEqualTo(21);
        stored.Fetched.ShouldBe(Size);
        server.Requests.Skip(1).ShouldAllBe(request => request["If-Range"] == "\"v1\"");
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_start_again()
    {
        await _bench.LeavePartialAsync(TransferBench.DigestOf(File), File.AsMemory(0, 1 << 20), Size);
        await using var server = new RawServer((_, answer) => answer.SendAsync("200 OK", File));
        (await _bench.FetchWholeAsync(File, null, server.Url())).Fetched.ShouldBe(Size);
    }

    [Fact]
    public async Task A_file_that_changes_on_the_way_is_read_from_the_start_again()
    {
        var old = TransferBench.Bytes(Size, seed: 5);
        var requests = 0;
        await using var server = new RawServer((request, answer) => Interlocked.Increment(ref requests) == 1
            ? answer.FileAsync(request, old, "\"old\"", cutAfter: 1 << 20)
            : answer.FileAsync(request, File, "\"new\""));
        await _bench.FetchWholeAsync(File, null, server.Url());
        server.Requests.Last()["If-Range"].ShouldBe("\"old\"");
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_weak_tag_does_not_vouch_for_a_range()
    {
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File, "W/\"v1\"", cutAfter: 2 << 20));
        await _bench.FetchWholeAsync(File, null, server.Url());
        server.Requests.Last()["If-Range"].ShouldBeNull();
    }

    [Theory]
    [InlineData("206 Partial Content", "bytes 0-99/3146505")]
    [InlineData("206 Partial Content", "bytes 500-3146504/3146505")]
    [InlineData("206 Partial Content", "bytes 1000-9999999/3146505")]
    [InlineData("206 Partial Content", "chunks 1000-3146504/3146505")]
    [InlineData("206 Partial Content", null)]
    [InlineData("416 Range Not Satisfiable", "bytes */3146505")]
    [InlineData("416 Range Not Satisfiable", null)]
    public async Task A_wrong_answer_to_a_range_request_is_not_believed(string status, string? contentRange)
    {
        await _bench.LeavePartialAsync(TransferBench.DigestOf(File), File.AsMemory(0, 1000), Size);
        await using var server = new RawServer((request, answer) => request.From == 0
            ? answer.FileAsync(request, File)
            : answer.SendAsync(status, File.AsMemory(1000), contentRange is null ? [] : [$"Content-Range: {contentRange}"]));
        await _bench.FetchWholeAsync(File, null, server.Url());
        server.Requests.Last()["Range"].ShouldBeNull();
    }

    [Fact]
    public async Task A_server_may_send_less_of_a_range_than_was_asked_for()
    {
        await _bench.LeavePartialAsync(TransferBench.DigestOf(File), File.AsMemory(0, 1), Size);
        await using var server = new RawServer(async (request, answer) =>
        {
            var part = File.AsMemory(request.From, Math.Min(1 << 20, Size - request.From));
            await answer.SendAsync("206 Partial Content", part, $"Content-Range: bytes {request.From}-{request.From + part.Length - 1}/{Size}");
        });
        (await _bench.FetchWholeAsync(File, null, server.Url())).Fetched.ShouldBe(Size - 1);
    }

    [Theory]
    [InlineData("404 Not Found", TransferErrors.NotFound, 1)]
    [InlineData("410 Gone", TransferErrors.NotFound, 1)]
    [InlineData("401 Unauthorized", TransferErrors.Forbidden, 1)]
    [InlineData("403 Forbidden", TransferErrors.Forbidden, 1)]
    [InlineData("400 Bad Request", TransferErrors.StatusUnexpected, 1)]
    [InlineData("204 No Content", TransferErrors.StatusUnexpected, 1)]
    [InlineData("304 Not Modified", TransferErrors.StatusUnexpected, 1)]
    [InlineData("302 Found", TransferErrors.StatusUnexpected, 1)]
    [InlineData("206 Partial Content", TransferErrors.StatusUnexpected, 1)]
    [InlineData("408 Request Timeout", TransferErrors.ServerError, 3)]
    [InlineData("429 Too Many Requests", TransferErrors.ServerError, 3)]
    [InlineData("500 Internal Server Error", TransferErrors.ServerError, 3)]
    [InlineData("503 Service Unavailable", TransferErrors.ServerError, 3)]
    public async Task A_status_has_its_code_and_is_retried_only_where_that_can_help(string status, string code, int requests)
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync(status));
        var failed = await _bench.FailAsync(TransferBench.Request(File, UrlSecrets.With(server.Url(), "someone:secret")));
        failed.Fault.Code.ShouldBe(code);
        failed.Fault.Message.ShouldContain($"http://127.0.0.1:{server.Port}/file");
        failed.Fault.Message.ShouldNotContain("secret");
        failed.Fetched.ShouldBe(0);
        server.Requests.Count.ShouldBe(requests);
        server.Requests.ShouldAllBe(request => request["Authorization"] == "Basic c29tZW9uZTpzZWNyZXQ=");
    }

    [Fact]
    public async Task A_passing_failure_is_overcome_and_said_while_it_lasts()
    {
        var requests = 0;
        await using var server = new RawServer((request, answer) => Interlocked.Increment(ref requests) <= 2
            ? answer.SendAsync("503 Service Unavailable", "Retry-After: 0")
            : answer.FileAsync(request, File));
        await _bench.FetchWholeAsync(File, null, server.Url());
        var waits = _bench.Progress.Where(progress => progress.Phase == TransferPhase.WaitingForRetry).ToList();
        waits.Count.ShouldBe(2);
        waits.ShouldAllBe(wait => wait.Reason!.Code == TransferErrors.ServerError && wait.RetryAt != null);
        _bench.Progress.First().Phase.ShouldBe(TransferPhase.Queued);
        _bench.Progress.Last().Phase.ShouldBe(TransferPhase.Storing);
    }

    [Fact]
    public async Task A_server_that_asks_for_patience_gets_it()
    {
        var times = new List<long>();
        await using var server = new RawServer((request, answer) =>
        {
            times.Add(TimeProvider.System.GetTimestamp());
            return times.Count == 1 ? answer.SendAsync("429 Too Many Requests", "Retry-After: 1") : answer.FileAsync(request, File);
        });
        await _bench.FetchWholeAsync(File, null, server.Url());
        TimeProvider.System.GetElapsedTime(times[0], times[1]).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task A_stalled_body_is_given_up_and_what_came_is_kept()
    {
        await using var server = new RawServer(async (request, answer) =>
        {
            await answer.FileAsync(request, File, cutAfter: request.From == 0 ? 1000 : 0);
            await answer.StallAsync();
        });
        var http = new HttpSettings { StallTimeout = TimeSpan.FromMilliseconds(150) };
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()), http, TransferBench.Quick with { Attempts = 2 });
        failed.Fault.Code.ShouldBe(TransferErrors.Stalled);
        (await _bench.Store.ListPartialsAsync(Cancel).SingleAsync(Cancel)).Received.ShouldBe(1000);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await using var server = new RawServer((_, answer) => answer.StallAsync());
        var http = new HttpSettings { StallTimeout = TimeSpan.FromMilliseconds(100), ConnectTimeout = TimeSpan.FromMilliseconds(100) };
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()), http, TransferBench.Quick with { Attempts = 2 });
        failed.Fault.Code.ShouldBe(TransferErrors.Stalled);
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_transfer_that_moves_is_never_too_slow()
    {
        var bytes = File[..20];
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", "Content-Length: 20");
            for (var i = 0; i < 20; i++)
            {
                await answer.BodyAsync(bytes.AsMemory(i, 1));
                await Task.Delay(50, answer.Stop);
            }
        });
        // In all it takes longer than the time limit, which is for standing still.
        var http = new HttpSettings { StallTimeout = TimeSpan.FromMilliseconds(700), ConnectTimeout = TimeSpan.FromSeconds(5) };
        await _bench.FetchWholeAsync(bytes, http, server.Url());
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_always_ends_early_is_truncated()
    {
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", $"Content-Length: {Size}");
            await answer.BodyAsync(File.AsMemory(0, 5000));
        });
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()));
        failed.Fault.Code.ShouldBe(TransferErrors.Truncated);
        failed.Fault.Message.ShouldContain("Given up");
    }

    [Fact]
    public async Task Another_announced_size_is_refused_without_a_byte()
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync("200 OK", File));
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()) with { Size = Size - 1 });
        failed.Fault.Code.ShouldBe(TransferErrors.SizeMismatch);
        failed.Fault.Message.ShouldContain($"{Size} bytes on the server, and {Size - 1}");
        failed.Fetched.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_that_does_not_stop_is_stopped()
    {
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK");
            while (true)
                await answer.BodyAsync(File);
        });
        var failed = await _bench.FailAsync(TransferBench.Request(File[..5000], server.Url()));
        failed.Fault.Code.ShouldBe(TransferErrors.SizeMismatch);
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Wrong_bytes_are_fetched_once_more_and_then_refused()
    {
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, TransferBench.Bytes(Size, seed: 3)));
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()));
        failed.Fault.Code.ShouldBe(TransferErrors.DigestMismatch);
        failed.Fault.Message.ShouldContain(TransferBench.DigestOf(File).Hex);
        server.Requests.Count.ShouldBe(2);
        (await _bench.Store.ListPartialsAsync(Cancel).SingleAsync(Cancel)).Received.ShouldBe(0);
    }

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("500 Internal Server Error")]
    [InlineData("wrong bytes")]
    [InlineData("wrong size")]
    public async Task The_next_server_helps_when_the_first_cannot(string fault)
    {
        await using var bad = new RawServer((request, answer) => fault switch
        {
            "wrong bytes" => answer.FileAsync(request, TransferBench.Bytes(Size, seed: 4)),
            "wrong size" => answer.FileAsync(request, File.AsMemory(1)),
            _ => answer.SendAsync(fault),
        });
        await using var good = new RawServer((request, answer) => answer.FileAsync(request, File));
        await _bench.FetchWholeAsync(File, null, bad.Url(), good.Url());
        bad.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_next_server_goes_on_where_the_first_stopped()
    {
        var requests = 0;
        await using var dying = new RawServer((request, answer) => Interlocked.Increment(ref requests) == 1
            ? answer.FileAsync(request, File, cutAfter: 1 << 20)
            : answer.SendAsync("404 Not Found"));
        await using var good = new RawServer((request, answer) => answer.FileAsync(request, File));
        (await _bench.FetchWholeAsync(File, null, dying.Url(), good.Url())).Fetched.ShouldBe(Size);
        good.Requests.Single().From.ShouldBe(1 << 20);
        good.Requests.Single()["If-Range"].ShouldBeNull(); // a tag is one server's word
    }

    [Fact]
    public async Task A_store_without_room_ends_the_transfer_with_its_own_code()
    {
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()) with { Size = 1L << 43 });
        failed.Fault.Code.ShouldBe(TransferErrors.StoreFull);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_partial_that_another_process_writes_is_waited_for()
    {
        var busy = await _bench.Store.WriteAsync(PartialName.Of(TransferBench.DigestOf(File)), Size, Cancel);
        (await _bench.FailAsync(TransferBench.Request(File, new Uri("http://127.0.0.1:1/")))).Fault.Code.ShouldBe(TransferErrors.Busy);
        await busy.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_source_there_is_nothing_to_try() =>
        (await _bench.FailAsync(TransferBench.Request(File))).Fault.Code.ShouldBe(TransferErrors.NoSource);

    [Fact]
    public async Task Killing_the_process_again_and_again_costs_next_to_nothing()
    {
        const int Kills = 3;
        const int Window = 512 << 10;
        var bytes = TransferBench.Bytes(24 << 20);
        var partial = new System.IO.FileInfo(System.IO.Path.Combine(_bench.Root, "partial", TransferBench.DigestOf(bytes).Hex + ".part"));
        var sent = 0L;
        var goal = 0L;
        var reached = new SemaphoreSlim(0);
        await using var server = new RawServer(async (request, answer) =>
        {
            var rest = bytes.AsMemory(request.From);
            await answer.HeadAsync(
                request.From > 0 ? "206 Partial Content" : "200 OK",
                $"Content-Length: {rest.Length}",
                request.From > 0 ? $"Content-Range: bytes {request.From}-{bytes.Length - 1}/{bytes.Length}" : "X-Whole: yes");
            for (var at = 0; at < rest.Length; at += 64 << 10)
            {
                var part = rest.Slice(at, Math.Min(64 << 10, rest.Length - at));
                await answer.BodyAsync(part);
                Interlocked.Add(ref sent, part.Length);
                if (request.From + at >= Volatile.Read(ref goal) && reached.CurrentCount == 0)
                    reached.Release();
                // A network that is slower than the disk, as they are: never far ahead of what is written.
                while (at < rest.Length - Window && Written() < request.From + at - Window)
                    await Task.Delay(1, answer.Stop);
            }
        });
        for (var kill = 1; kill <= Kills; kill++)
        {
            goal = kill * bytes.Length / (Kills + 1);
            using var process = FetchProcess.Start(_bench.Root, server.Url(), TransferBench.DigestOf(bytes), bytes.Length);
            while (reached.CurrentCount > 0)
                await reached.WaitAsync(Cancel);
            await reached.WaitAsync(Cancel);
            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }

        goal = long.MaxValue;
        await _bench.FetchWholeAsync(bytes, null, server.Url());
        var refetched = server.Requests.Skip(1).Select(request => request.From).ToList();
        refetched.ShouldBe(refetched.Order());
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{sent} bytes sent for {bytes.Length}: {(double)sent / bytes.Length:0.000}; resumed at {string.Join(", ", refetched)}"));
        ((double)sent / bytes.Length).ShouldBeLessThan(1.10); // a window and two parts for each kill

        long Written()
        {
            partial.Refresh();
            return partial.Exists ? partial.Length : 0;
        }
    }
}
