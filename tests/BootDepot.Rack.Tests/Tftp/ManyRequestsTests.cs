using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Tests.Tftp;

public sealed class ManyRequestsTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_hundred_thousand_small_requests_are_each_answered_truly()
    {
        // Nothing is lost on this machine. A packet that is sent again because the machine is busy could reach the next client
        // that is given the same port, and mislead it: so nothing is sent again.
        const int Requests = 100_000;
        var patience = TimeSpan.FromMinutes(2);
        await using var server = new TestServer(TestServer.Quick with
        {
            FirstRetransmit = patience, ShortestRetransmit = patience, LongestRetransmit = patience,
        });
        server.Files["hit"] = TestServer.Bytes(900);
        server.Files["empty"] = [];
        int hits = 0, misses = 0, empties = 0;
        await Threads.RunAsync(64, Requests, n =>
        {
            var client = new TftpClient(server.Address, timeoutMilliseconds: 120_000);
            if (n % 10 == 0)
            {
                client.Get("empty").ShouldBeEmpty();
                Interlocked.Increment(ref empties);
            }
            else if (n % 2 == 0)
            {
                var got = n % 4 == 0 ? client.Get("hit") : client.Get("hit", ("blksize", "1024"), ("tsize", "0"));
                got.AsSpan().SequenceEqual(server.Files["hit"]).ShouldBeTrue();
                Interlocked.Increment(ref hits);
            }
            else
            {
                Interlocked.Add(ref misses, IsMissing(client, $"miss{n}") ? 1 : 0);
            }
        });
        (hits, misses, empties).ShouldBe((40_000, 50_000, 10_000));
    }

    private static bool IsMissing(TftpClient client, string name)
    {
        try
        {
            client.Get(name);
            return false;
        }
        catch (TftpErrorException e)
        {
            return e.Code == 1;
        }
    }
}
