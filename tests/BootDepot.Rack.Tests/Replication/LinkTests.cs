using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Booting;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tests.Sites;
using BootDepot.Rack.Tree;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>How a rack and its region hold together: several addresses, a limited rate, changes that are pushed.</summary>
public sealed class LinkTests
{
    [Fact]
    public async Task When_an_address_of_the_region_goes_away_the_rack_goes_on_with_the_other_and_back_again()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror, size: 300_000));
        await using var other = new Relay { Target = site.Wire.Target };
        var options = await site.OptionsAsync();
        await using var rack = await RackHost.StartAsync(options with { Regions = [options.Regions[0], new Uri(other.Url, "MAAS/")] }, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        other.ToRack.ShouldBe(0, "the first that answers is used");

        var region = site.Wire.Target;
        site.Wire.Target = null;
        site.Wire.Cut();
        await PublishAsync(site, "20260401");
        await site.UntilSyncedAsync(rack);
        other.ToRack.ShouldBeGreaterThan(900_000);

        site.Wire.Target = region;
        other.Target = null;
        other.Cut();
        await PublishAsync(site, "20260402");
        await site.UntilSyncedAsync(rack);
        (await File.ReadAllBytesAsync(KernelOf(options), TestContext.Current.CancellationToken)).ShouldBe(site.Mirror.Get("noble/amd64/20260402/boot-kernel"));
    }

    [Fact]
    public async Task Copying_takes_no_more_than_its_rate()
    {
        const int size = 1_000_000; // four times this with the kernel, initrd and root
        const int rate = 1_500_000;
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddLoader(s.Mirror));
        await using var rack = await RackHost.StartAsync(await site.OptionsAsync(), CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        await site.AdminAsync(HttpMethod.Put, $"racks/{rack.SystemId}/", ("bytes_per_second", rate.ToString(CultureInfo.InvariantCulture)));
        await RackSite.UntilAsync(
            async () => (await site.StateOfAsync(rack)).GetProperty("bytes_per_second").GetInt64() == rate, "the rate to be set");
        // The rack answers the region's long question for its configuration when it has it; an assignment comes behind the rate.
        await AssignAsync(site, rack);

        var watch = Stopwatch.StartNew();
        site.Vendor.AddUbuntu(site.Mirror, size: size);
        site.Vendor.Publish(site.Mirror);
        await site.ImportAsync();
        await site.UntilSyncedAsync(rack);
        // What may come at once is a quarter of a second's worth.
        watch.Elapsed.TotalSeconds.ShouldBeGreaterThan((3.0 * size / rate) - 0.3);
    }

    /// <summary>
    /// A minute with the bounds that are promised: <c>BOOTDEPOT_RATE_SECONDS=60</c>; without, what no busy machine changes: never more than
    /// the rate, and soon more than it when it is raised.
    /// </summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Bytes_come_at_the_rate_that_is_set_and_follow_a_change()
    {
        const int rate = 2 << 20;
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("BOOTDEPOT_RATE_SECONDS"), CultureInfo.InvariantCulture, out var s) ? s : 5;
        var (below, above) = seconds >= 60 ? (0.05, 0.05) : (1, 0.4);
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddLoader(s.Mirror));
        await using var rack = await RackHost.StartAsync(await site.OptionsAsync(), CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        await SetRateAsync(rate);
        await RackSite.UntilAsync(
            async () => (await site.StateOfAsync(rack)).GetProperty("bytes_per_second").GetInt64() == rate, "the rate to be set");
        await AssignAsync(site, rack); // comes behind the rate
        // Not larger than need be: the more is under way, the more the sockets between take beyond the rate.
        site.Vendor.AddUbuntu(site.Mirror, size: rate * (Math.Max(seconds, 30) + 18));
        site.Vendor.Publish(site.Mirror);
        var before = site.Wire.ToRack;
        await site.ImportAsync();
        // Past what the sockets between hold.
        await RackSite.UntilAsync(() => Task.FromResult(site.Wire.ToRack > before + (6 * rate)), "bytes to come");
        var first = await MeasureAsync(seconds);
        await SetRateAsync(2 * rate);
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var second = await MeasureAsync(seconds);
        for (var again = 0; seconds < 60 && second < rate * (1 + above) && again < 10; again++)
            second = await MeasureAsync(1);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{rate} bytes/s: {first:0}; from 5 s after the change to {2 * rate} on: {second:0}; {seconds} s each"));
        first.ShouldBeInRange(rate * (1 - below), rate * (1 + above), "bytes per second");
        second.ShouldBeInRange(Math.Max(2 * rate * (1 - below), rate * (1 + above)), 2 * rate * (1 + above), "bytes per second");

        Task SetRateAsync(int value) =>
            site.AdminAsync(HttpMethod.Put, $"racks/{rack.SystemId}/", ("bytes_per_second", value.ToString(CultureInfo.InvariantCulture)));

        async Task<double> MeasureAsync(int forSeconds)
        {
            var (watch, start) = (Stopwatch.StartNew(), site.Wire.ToRack);
            await Task.Delay(TimeSpan.FromSeconds(forSeconds), TestContext.Current.CancellationToken);
            return (site.Wire.ToRack - start) / watch.Elapsed.TotalSeconds;
        }
    }

    [Fact]
    public async Task A_change_at_the_region_is_pushed()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        // So long that nothing but a push can bring it.
        await using var rack = await RackHost.StartAsync(await site.OptionsAsync() with { Period = TimeSpan.FromHours(1) }, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        var took = await AssignAsync(site, rack);
        TestContext.Current.TestOutputHelper?.WriteLine($"An assignment was there after {took.TotalMilliseconds:F0} ms.");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(20), "a second, and more only on a busy machine");
        await PublishAsync(site, "20260401");
        await site.UntilSyncedAsync(rack);
    }

    [Fact]
    public async Task The_tree_can_have_the_shape_of_MAAS_1_5()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        var options = await site.OptionsAsync() with { Layout = TreeLayout.WithoutOs };
        await using var rack = await RackHost.StartAsync(options, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        var tree = new RackFolder(options.DataDirectory).CurrentTree;
        (await File.ReadAllBytesAsync(Path.Combine(tree, "amd64/ga-24.04/noble/stable/boot-kernel"), TestContext.Current.CancellationToken))
            .ShouldBe(site.Mirror.Get("noble/amd64/20260309/boot-kernel"));
        Directory.Exists(Path.Combine(tree, "ubuntu")).ShouldBeFalse();
    }

    private static string KernelOf(RackOptions options) =>
        Path.Combine(new RackFolder(options.DataDirectory).CurrentTree, "ubuntu/amd64/ga-24.04/noble/stable/boot-kernel");

    private static async Task PublishAsync(RackSite site, string version)
    {
        site.Vendor.AddUbuntu(site.Mirror, version: version, size: 300_000);
        site.Vendor.Publish(site.Mirror);
        await site.ImportAsync();
    }

    /// <summary>Assigns something; how long until the rack knows.</summary>
    private static async Task<TimeSpan> AssignAsync(RackSite site, RackHost rack)
    {
        await site.AdminAsync(HttpMethod.Post, "boot-assignments/", ("target", "default"), ("mode", "local"));
        var watch = Stopwatch.StartNew();
        await RackSite.UntilAsync(() => Task.FromResult(rack.Assignments.For(null, "amd64").Mode == BootMode.Local), "the assignment");
        return watch.Elapsed;
    }
}
