using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tests.Sites;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>A rack that copies a region: what it shows, reports and does when things go away.</summary>
public sealed class ReplicationTests
{
    private const string Noble = "ubuntu/amd64/ga-24.04/noble/stable";

    [Fact]
    public async Task What_the_region_publishes_stands_in_the_tree_whole_and_the_region_knows_it()
    {
        await using var site = await RackSite.StartAsync(s =>
        {
            s.Vendor.AddUbuntu(s.Mirror);
            s.Vendor.AddLoader(s.Mirror);
        });
        var options = await site.OptionsAsync();
        await using var rack = await RackHost.StartAsync(options, CancellationToken.None);
        await site.UntilSyncedAsync(rack);

        var tree = new RackFolder(options.DataDirectory).CurrentTree;
        foreach (var folder in new[] { Noble, Noble.Replace("ga-24.04", "generic", StringComparison.Ordinal) })
        {
            foreach (var file in new[] { "boot-kernel", "boot-initrd", "squashfs" })
                (await File.ReadAllBytesAsync(Path.Combine(tree, folder, file), TestContext.Current.CancellationToken)).ShouldBe(site.Mirror.Get($"noble/amd64/20260309/{file}"));
        }

        File.Exists(Path.Combine(tree, "bootloader/uefi/amd64/grub2-signed.tar.xz")).ShouldBeTrue();
        var meta = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(tree, "maas.meta"), TestContext.Current.CancellationToken)).RootElement;
        meta.GetProperty("ubuntu").GetProperty("amd64").GetProperty("ga-24.04").GetProperty("generic").GetProperty("noble").GetProperty("stable")
            .GetProperty("version_name").GetString().ShouldBe("20260309");
        File.GetUnixFileMode(new RackFolder(options.DataDirectory).Identity).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var images = await site.AdminAsync(HttpMethod.Get, $"rackcontrollers/{rack.SystemId}/?op=list_boot_images");
        images.GetProperty("status").GetString().ShouldBe("synced");
        images.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("name").GetString()).ShouldBe(["bootloader/uefi", "ubuntu/noble"]);
        using var http = new HttpClient();
        (await http.GetByteArrayAsync(new Uri(rack.Url, $"images/{Noble}/boot-kernel"), TestContext.Current.CancellationToken)).ShouldBe(site.Mirror.Get("noble/amd64/20260309/boot-kernel"));
    }

    [Fact]
    public async Task A_new_version_replaces_the_old_one_in_one_step_and_the_old_bytes_go_after_the_grace()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        var options = await site.OptionsAsync();
        await using var rack = await RackHost.StartAsync(options, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        var folder = new RackFolder(options.DataDirectory);
        var before = new DirectoryInfo(folder.CurrentTree).LinkTarget;
        await File.WriteAllTextAsync(Path.Combine(folder.Tree, "snapshot-of-mine"), "not the rack's", TestContext.Current.CancellationToken);

        site.Vendor.AddUbuntu(site.Mirror, version: "20260401");
        site.Vendor.Publish(site.Mirror);
        await site.ImportAsync();
        var kernel = Path.Combine(folder.CurrentTree, Noble, "boot-kernel");
        var wanted = site.Mirror.Get("noble/amd64/20260401/boot-kernel");
        await RackSite.UntilAsync(
            async () =>
            {
                // Whatever is read at any moment is of one version.
                var initrd = await File.ReadAllBytesAsync(Path.Combine(folder.CurrentTree, Noble, "boot-initrd"));
                initrd.Length.ShouldBe(2002);
                return (await File.ReadAllBytesAsync(kernel)).AsSpan().SequenceEqual(wanted);
            },
            "the new version");
        new DirectoryInfo(folder.CurrentTree).LinkTarget.ShouldNotBe(before);
        File.Exists(Path.Combine(folder.Tree, "snapshot-of-mine")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_rack_without_its_region_serves_what_it_has_and_follows_again_when_the_region_is_back()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        var options = await site.OptionsAsync();
        await using (var rack = await RackHost.StartAsync(options, CancellationToken.None))
            await site.UntilSyncedAsync(rack);
        await site.StopRegionAsync();

        await using var again = await RackHost.StartAsync(options with { Token = null }, CancellationToken.None);
        using var http = new HttpClient();
        (await http.GetByteArrayAsync(new Uri(again.Url, $"images/{Noble}/squashfs"), TestContext.Current.CancellationToken)).ShouldBe(site.Mirror.Get("noble/amd64/20260309/squashfs"));
        await site.StartRegionAgainAsync();
        await site.UntilSyncedAsync(again);
        again.BytesFetched.ShouldBe(0);
        await site.AdminAsync(HttpMethod.Post, "boot-assignments/", ("target", "default"), ("mode", "local"));
        await RackSite.UntilAsync(() => Task.FromResult(again.Assignments.For(null, "amd64").Mode == BootMode.Local), "the assignment");
    }

    [Fact]
    public async Task A_rack_takes_what_its_selections_take_and_changes_when_they_do()
    {
        await using var site = await RackSite.StartAsync(s =>
        {
            s.Vendor.AddUbuntu(s.Mirror);
            s.Vendor.AddUbuntu(s.Mirror, "jammy", "22.04");
            s.Vendor.AddLoader(s.Mirror);
        });
        var options = await site.OptionsAsync();
        await using var rack = await RackHost.StartAsync(options, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        await site.AdminAsync(HttpMethod.Put, $"racks/{rack.SystemId}/", ("mode", "selection"), ("selections", "ubuntu/jammy:amd64"));
        var tree = new RackFolder(options.DataDirectory).CurrentTree;
        await RackSite.UntilAsync(() => Task.FromResult(!Directory.Exists(Path.Combine(tree, Noble))), "noble to go");
        Directory.Exists(Path.Combine(tree, "ubuntu/amd64/ga-22.04/jammy/stable")).ShouldBeTrue();
        Directory.Exists(Path.Combine(tree, "bootloader/uefi/amd64")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_neighbour_is_asked_before_the_region()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror, size: 300_000));
        await using var first = await RackHost.StartAsync(await site.OptionsAsync(), CancellationToken.None);
        await site.UntilSyncedAsync(first);
        site.LoseRegionsBlobs();
        await using var second = await RackHost.StartAsync(await site.OptionsAsync() with { Peers = [first.Url] }, CancellationToken.None);
        await site.UntilSyncedAsync(second);
        second.BytesFetched.ShouldBeGreaterThan(900_000);
    }

    [Fact]
    public async Task Outside_its_windows_a_rack_waits_unless_somebody_wants_the_images_now()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        var options = await site.OptionsAsync();
        var closed = TimeOnly.FromDateTime(DateTime.Now).AddHours(3);
        await using var rack = await RackHost.StartAsync(options, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        await site.AdminAsync(HttpMethod.Put, $"racks/{rack.SystemId}/", ("windows", FormattableString.Invariant($"{closed:HH:mm}-{closed.AddHours(1):HH:mm}")));
        site.Vendor.AddUbuntu(site.Mirror, "jammy", "22.04");
        site.Vendor.Publish(site.Mirror);
        await site.ImportAsync();
        await RackSite.UntilAsync(
            async () => (await site.StateOfAsync(rack)).GetProperty("images").EnumerateArray().Any(i => i.GetProperty("state").GetString() == "waiting"),
            "the image to wait for its window");
        await site.AdminAsync(HttpMethod.Post, "rackcontrollers/?op=import_boot_images");
        await site.UntilSyncedAsync(rack);
    }

    [Fact]
    public async Task A_rack_whose_region_shows_another_key_than_its_token_names_does_not_enrol()
    {
        await using var site = await RackSite.StartAsync(s => s.Vendor.AddUbuntu(s.Mirror));
        var options = await site.OptionsAsync();
        var token = RackToken.Parse(options.Token!) with { Fingerprint = new string('A', 40) };
        var refused = await Should.ThrowAsync<RackException>(() => RackHost.StartAsync(options with { Token = token.ToString() }, CancellationToken.None));
        refused.Fault.Code.ShouldBe("rack-region-key-mismatch");
        File.Exists(new RackFolder(options.DataDirectory).Identity).ShouldBeFalse();
    }
}
