using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tests.Sites;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>A region replaces the key of its stream: its racks go on.</summary>
public sealed class KeySuccessionTests
{
    [Fact]
    public async Task A_rack_follows_two_successions_one_of_them_while_it_is_away()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        var options = await site.OptionsAsync() with { Period = TimeSpan.FromMilliseconds(500) };
        await using (var rack = await RackHost.StartAsync(options, CancellationToken.None))
        {
            await site.UntilSyncedAsync(rack);
            await KeyAsync(site, "announce");
            await RackSite.UntilAsync(() => Task.FromResult(KeysOf(options) == 2), "the announced key");
            await KeyAsync(site, "switch");
            await NewVersionAsync(site, rack, "20260401");
            await KeyAsync(site, "drop_former");
            await RackSite.UntilAsync(() => Task.FromResult(KeysOf(options) == 1), "the former key's end");
        }

        await KeyAsync(site, "announce");
        await KeyAsync(site, "switch");
        await using var again = await RackHost.StartAsync(options with { Token = null }, CancellationToken.None);
        await NewVersionAsync(site, again, "20260501");
        KeysOf(options).ShouldBe(2);
    }

    private static Task<JsonElement> KeyAsync(RackSite site, string what) => site.AdminAsync(HttpMethod.Post, "stream-keys/?op=" + what);

    private static async Task NewVersionAsync(RackSite site, RackHost rack, string version)
    {
        site.Vendor.AddUbuntu(site.Mirror, version: version);
        site.Vendor.Publish(site.Mirror);
        await site.ImportAsync();
        await RackSite.UntilAsync(
            async () => (await site.StateOfAsync(rack)).GetProperty("images").EnumerateArray()
                .Any(i => i.GetProperty("version").GetString() == version && i.GetProperty("state").GetString() == "synced"),
            "the rack to have " + version);
    }

    private static int KeysOf(RackOptions options) => Keyring.Parse(
        JsonSerializer.Deserialize(File.ReadAllBytes(new RackFolder(options.DataDirectory).Identity), RackWire.Default.RackEnrolment)!.Keyring).Keys.Count;
}
