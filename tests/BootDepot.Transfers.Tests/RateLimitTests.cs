using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Transfers.Tests;

/// <summary>By a clock that is turned by hand, so that the bounds are tight on any machine.</summary>
public sealed class RateLimitTests
{
    private const int Piece = 10_000;

    private readonly ManualClock _clock = new();
    private readonly RateLimit _limit;
    private long? _rate = 1_000_000;

    public RateLimitTests() => _limit = new(_ => ValueTask.FromResult(_rate), _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Together_they_keep_the_rate(int many)
    {
        await PassedInAsync(TimeSpan.FromSeconds(1), many);
        (await PassedInAsync(TimeSpan.FromSeconds(20), many)).ShouldBeInRange(19_800_000, 20_200_000);
    }

    [Theory]
    [InlineData(4_000_000)]
    [InlineData(250_000)]
    public async Task A_change_counts_within_a_second(long rate)
    {
        await PassedInAsync(TimeSpan.FromSeconds(2.3), 8);
        _rate = rate;
        await PassedInAsync(TimeSpan.FromSeconds(1), 8);
        ((double)await PassedInAsync(TimeSpan.FromSeconds(20), 8)).ShouldBeInRange(rate * 19.5, rate * 20.5);
    }

    [Fact]
    public async Task Who_waits_for_long_at_a_low_rate_goes_on_when_it_is_raised()
    {
        _rate = 1;
        var waiting = _limit.PassAsync(Piece, Cancel).AsTask();
        await TurnAsync(TimeSpan.FromSeconds(5), [waiting]);
        waiting.IsCompleted.ShouldBeFalse();
        _rate = 1_000_000;
        await TurnAsync(TimeSpan.FromSeconds(1.1), [waiting]);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task After_a_pause_a_quarter_of_a_second_may_come_at_once()
    {
        await PassedInAsync(TimeSpan.FromSeconds(1), 1);
        _clock.Advance(TimeSpan.FromMinutes(10));
        var at = _clock.GetUtcNow();
        var bytes = 0;
        while (_limit.PassAsync(Piece, Cancel).AsTask().IsCompletedSuccessfully)
            bytes += Piece;
        _clock.GetUtcNow().ShouldBe(at);
        bytes.ShouldBe(250_000);
    }

    [Fact]
    public async Task Without_a_rate_nobody_waits()
    {
        _rate = null;
        for (var i = 0; i < 1000; i++)
            await _limit.PassAsync(int.MaxValue, Cancel);
        _clock.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Waiting_can_be_ended()
    {
        _rate = 1;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = _limit.PassAsync(Piece, end.Token).AsTask();
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    /// <summary>Lets as many as are said pass piece after piece for a time of the clock; how many bytes passed.</summary>
    private async Task<long> PassedInAsync(TimeSpan duration, int many)
    {
        var end = _clock.GetUtcNow() + duration;
        var bytes = 0L;
        var passers = Enumerable.Range(0, many).Select(_ => PassAsync()).ToArray();
        await TurnAsync(duration, passers);
        // Whoever passed at the last moment waits for none: those who wait now are let go without being counted.
        while (!passers.All(p => p.IsCompleted))
            await TurnAsync(TimeSpan.FromMilliseconds(10), passers);
        await Task.WhenAll(passers);
        return bytes;

        async Task PassAsync()
        {
            while (true)
            {
                await _limit.PassAsync(Piece, Cancel);
                if (_clock.GetUtcNow() >= end)
                    return;
                Interlocked.Add(ref bytes, Piece);
            }
        }
    }

    /// <summary>Turns the clock by milliseconds, each after everybody has begun to wait again.</summary>
    private async Task TurnAsync(TimeSpan by, IReadOnlyCollection<Task> passers)
    {
        for (var end = _clock.GetUtcNow() + by; _clock.GetUtcNow() < end;)
        {
            while (_clock.Waiting < passers.Count(p => !p.IsCompleted))
                await Task.Delay(1, Cancel);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }
}
