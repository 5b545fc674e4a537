using System;
using System.IO;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Live;

/// <summary>What an open page is told.</summary>
public sealed class LiveFeedTests
{
    [Fact]
    public async Task A_page_that_has_just_come_hears_of_the_very_next_change()
    {
        await using var region = await RegionFixture.StartAsync();
        // More than once: whoever looked before has gone by then, and the watch begins anew.
        for (var page = 0; page < 3; page++)
        {
            // Well below the pause after which a page is told that nothing happened.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            using var request = new HttpRequestMessage(HttpMethod.Get, "/MAAS/live/");
            request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(region.UserKey));
            using var response = await region.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            using var events = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
            var first = await NextAsync(events, patience.Token);
            await Seed.SyncedAsync(region, $"ubuntu/r{page}");
            (await NextAsync(events, patience.Token)).ShouldNotBe(first);
        }
    }

    [Fact]
    public async Task Who_is_nobody_hears_nothing()
    {
        await using var region = await RegionFixture.StartAsync();
        (await region.SendAsync("GET", "/MAAS/live/")).Status.ShouldBe(401);
    }

    private static async Task<long> NextAsync(StreamReader events, CancellationToken cancel)
    {
        while (await events.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("catalog").GetInt64();
        }

        throw new EndOfStreamException("The region ended the feed.");
    }
}
