using System.Globalization;
using System.Linq;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Hosting;

/// <summary>Who asks too often is told when to come again, and disturbs nobody else.</summary>
public sealed class RequestLimitTests
{
    [Fact]
    public async Task Too_many_requests_of_one_caller_are_refused_until_a_moment_later_and_nobody_elses()
    {
        // Far fewer a second than the slowest machine makes, so that the limit is reached.
        await using var region = await RegionFixture.StartAsync(o => o with { RequestsPerSecond = 1 });
        var refused = await UntilAsync(() => region.UserAsync("GET", "version/"), r => r.Status == 429);
        refused.Text.ShouldContain("Too many requests");
        refused = await UntilAsync(() => region.UserAsync("GET", "boot-resources/"), r => r.Status == 429);
        refused.Text.ShouldContain("'joe'");
        refused.Header("X-Error-Code").ShouldBe("requests-too-many");
        int.Parse(refused.Header("Retry-After")!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 20);
        (await region.AdminAsync("GET", "boot-resources/")).Status.ShouldBe(200);

        // Machines, racks and mirrors behind one address, and who watches the region.
        foreach (var path in new[] { "/MAAS/images-stream/streams/v1/index.json", "/healthz", "/metrics", "/MAAS/" })
        {
            for (var i = 0; i < 40; i++)
                (await region.SendAsync("GET", path)).Status.ShouldBe(200, path);
        }

        // Racks: a key that is none is refused as such, however often.
        for (var i = 0; i < 40; i++)
            (await region.SendAsync("GET", "rack/configuration/")).Status.ShouldBe(401);

        await UntilAsync(
            async () =>
            {
                await Task.Delay(500);
                return await region.UserAsync("GET", "boot-resources/");
            },
            r => r.Status == 200);
    }

    [Fact]
    public async Task Requests_that_nobody_signed_count_for_their_address_and_zero_is_no_limit()
    {
        await using var region = await RegionFixture.StartAsync(o => o with { RequestsPerSecond = 1 });
        (await UntilAsync(() => region.SendAsync("GET", "boot-resources/"), r => r.Status == 429)).Text.ShouldContain("this address");
        (await region.SendAsync("POST", "/MAAS/accounts/authenticate/", body: Seed.Form(("username", "joe"), ("password", "joe's password")))).Status.ShouldBeOneOf(429, 200);
        (await region.UserAsync("GET", "boot-resources/")).Status.ShouldBe(200);
        await using var open = await RegionFixture.StartAsync(o => o with { RequestsPerSecond = 0 });
        foreach (var _ in Enumerable.Range(0, 100))
            (await open.UserAsync("GET", "version/")).Status.ShouldBe(200);
    }

    private static async Task<Reply> UntilAsync(System.Func<Task<Reply>> ask, System.Func<Reply, bool> isIt)
    {
        for (var i = 0; i < 500; i++)
        {
            var reply = await ask();
            if (isIt(reply))
                return reply;
        }

        throw new System.InvalidOperationException("Not after 500 requests.");
    }
}
