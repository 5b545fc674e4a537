using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>A rack, as a process, of two regions that are processes too, of which one is killed at a time.</summary>
[Trait("Category", "Slow")]
public sealed class RackFailoverTests(ITestOutputHelper output)
{
    private const int Size = 2_000_000; // of kernel, initrd, root and manifest each
    private const int BytesPerSecond = 800_000; // ten seconds for all of it

    [Fact]
    public async Task A_rack_goes_on_with_the_other_region_when_one_is_killed_in_the_middle_of_a_copy()
    {
        await using var mirror = await FakeMirror.StartAsync();
        using var vendor = new SignedTree();
        await using var two = await TwoRegions.StartAsync();
        Publish(vendor, mirror, "20260309");
        (await two.SendAsync(two.A, "POST", "boot-sources/", Seed.Form([("url", mirror.Url), ("keyring_data", Convert.ToBase64String(vendor.Keyring))]))).Status.ShouldBe(201);
        await ImportAsync(two, two.A);
        using var folder = new TempFolder();
        await using var rack = await RackOf.StartAsync(folder["rack"], two);
        await SyncedAsync(two, two.A, rack);
        await SyncedAsync(two, two.B, rack); // each knows what was told to the other

        // The rack follows A. What is changed at B reaches it too, long before its question at A ends by itself.
        (await TellAsync(two, two.B, rack, "52:54:00:aa:bb:01")).ShouldBeLessThan(TimeSpan.FromSeconds(20), "a second, and more only on a busy machine");
        (await two.SendAsync(two.B, "PUT", $"racks/{rack.Id}/", Seed.Form([("bytes_per_second", $"{BytesPerSecond}")]))).Status.ShouldBe(200);
        (await TellAsync(two, two.B, rack, "52:54:00:aa:bb:02")).ShouldBeLessThan(TimeSpan.FromSeconds(20));

        var before = await rack.FetchedAsync();
        Publish(vendor, mirror, "20260401");
        (await two.SendAsync(two.B, "POST", "boot-resources/?op=import")).Status.ShouldBe(200);
        await UntilAsync(async () => await rack.FetchedAsync() > before + (Size / 2));
        var kept = await rack.FetchedAsync() - before;
        await two.A.KillAsync();
        var told = await TellAsync(two, two.B, rack, "52:54:00:aa:bb:03");
        await SyncedAsync(two, two.B, rack);
        var fetched = await rack.FetchedAsync() - before;
        output.WriteLine($"told by the other after {told.TotalSeconds:F1} s; {kept} bytes when it was killed, {fetched} in the end of {4 * Size}");
        told.ShouldBeLessThan(TimeSpan.FromSeconds(20), "seconds, and more only on a busy machine");
        kept.ShouldBeLessThan(4 * Size, "killed in the middle");
        fetched.ShouldBeInRange(4 * Size, (long)(4 * Size * 1.02) + 100_000);

        // And back again.
        await two.A.StartAsync();
        await two.B.KillAsync();
        Publish(vendor, mirror, "20260402");
        await ImportAsync(two, two.A);
        await SyncedAsync(two, two.A, rack);
        (await File.ReadAllBytesAsync(Path.Combine(folder["rack"], "boot-resources/current/ubuntu/amd64/ga-24.04/noble/stable/boot-kernel")))
            .ShouldBe(mirror.Get("noble/amd64/20260402/boot-kernel"));
    }

    private static void Publish(SignedTree vendor, FakeMirror mirror, string version)
    {
        vendor.AddUbuntu(mirror, version: version, size: Size);
        vendor.Publish(mirror);
    }

    private static async Task ImportAsync(TwoRegions two, RegionProcess region)
    {
        (await two.SendAsync(region, "POST", "boot-resources/?op=import")).Status.ShouldBe(200);
        await UntilAsync(async () => (await two.SendAsync(region, "GET", "boot-resources/?op=is_importing")).Text.Trim() == "false");
    }

    private static Task SyncedAsync(TwoRegions two, RegionProcess region, RackOf rack) => UntilAsync(async () =>
        (await two.SendAsync(region, "GET", $"rackcontrollers/{rack.Id}/?op=list_boot_images")).Json.GetProperty("status").GetString() == "synced");

    /// <summary>Assigns something to a machine; how long until the rack knows.</summary>
    private static async Task<TimeSpan> TellAsync(TwoRegions two, RegionProcess region, RackOf rack, string machine)
    {
        (await two.SendAsync(region, "POST", "boot-assignments/", Seed.Form([("target", machine), ("mode", "local")]))).Status.ShouldBeInRange(200, 201);
        var watch = Stopwatch.StartNew();
        await UntilAsync(async () =>
        {
            using var answer = await two.Http.GetAsync(new Uri(rack.Url, $"/ipxe.cfg-{machine}"));
            return answer.IsSuccessStatusCode;
        });
        return watch.Elapsed;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(10));
            await Task.Delay(20);
        }
    }

    private sealed class RackOf(Process process, Uri url, string id) : IAsyncDisposable
    {
        public Uri Url => url;

        public string Id => id;

        public static async Task<RackOf> StartAsync(string data, TwoRegions two)
        {
            var token = (await two.SendAsync(two.A, "POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;
            var program = Path.Combine(
                AppContext.BaseDirectory.Replace("BootDepot.Region.Tests", "BootDepot.Rack.Process", StringComparison.Ordinal), "BootDepot.Rack.Process");
            var process = Process.Start(new ProcessStartInfo(program, [data, $"{new Uri(two.A.Url, "MAAS/")},{new Uri(two.B.Url, "MAAS/")}", token])
            {
                UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
            })!;
            var url = new Uri(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The rack did not start."));
            using var racks = JsonDocument.Parse((await two.SendAsync(two.A, "GET", "rackcontrollers/")).Text);
            return new RackOf(process, url, racks.RootElement.EnumerateArray().Single().GetProperty("system_id").GetString()!);
        }

        /// <summary>Bytes fetched so far.</summary>
        public async Task<long> FetchedAsync()
        {
            await process.StandardInput.WriteLineAsync();
            await process.StandardInput.FlushAsync();
            return long.Parse((await process.StandardOutput.ReadLineAsync())!.Split(' ')[0], CultureInfo.InvariantCulture);
        }

        public async ValueTask DisposeAsync()
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
