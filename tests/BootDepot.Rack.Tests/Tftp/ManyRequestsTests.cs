using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Tests.Tftp;

public sealed class ManyRequestsTests
{
    [Fact]
    public async Task A_hundred_thousand_small_requests_are_each_answered_truly()
    {
        const int Requests = 100_000;
        await using var server = new TestServer(TestServer.Quick with { FirstRetransmit = TimeSpan.FromMilliseconds(500) });
        server.Files["hit"] = TestServer.Bytes(900);
        server.Files["empty"] = [];
        int hits = 0, misses = 0, empties = 0;
        await Threads.RunAsync(64, Requests, n =>
        {
            var client = new TftpClient(server.Address, timeoutMilliseconds: 1000);
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
                Should.Throw<TftpErrorException>(() => client.Get($"miss{n}")).Code.ShouldBe(1);
                Interlocked.Increment(ref misses);
            }
        });
        (hits, misses, empties).ShouldBe((40_000, 50_000, 10_000));
    }
}
