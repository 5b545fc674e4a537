using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tests.Sites;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>A rack that fetches what machines ask for. BOOTDEPOT_ONDEMAND_MIB makes the image as large as wanted (2048 in the issue).</summary>
public sealed class OnDemandTests
{
    private static readonly int MiB = int.TryParse(Environment.GetEnvironmentVariable("BOOTDEPOT_ONDEMAND_MIB"), CultureInfo.InvariantCulture, out var size) ? size : 256;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Fifty_machines_that_ask_at_once_cost_the_region_one_transfer_though_the_rack_is_killed_meanwhile_and_less_than_200_MiB()
    {
        var image = new GeneratedBytes(7, (long)MiB << 20);
        await using var site = await RackSite.StartAsync(s => AddLarge(s, image));
        var options = await site.OptionsAsync();
        await using var process = await RackProcess.StartAsync(options.DataDirectory, options.Regions[0], options.Token!);
        await SetOnDemandAsync(site);
        await process.UntilOffersAsync(image.Sha256);
        var before = site.Wire.ToRack;

        // Killed in the middle, it goes on where it was.
        site.Wire.Rate = 64 << 20;
        var first = DownloadAsync(process.UrlOf(image.Sha256));
        await RackSite.UntilAsync(() => Task.FromResult(site.Wire.ToRack - before > image.Length / 4), "a quarter of the image");
        await process.KillAsync();
        await Should.ThrowAsync<Exception>(() => first);
        site.Wire.Rate = null;
        await process.StartAgainAsync();
        await process.UntilOffersAsync(image.Sha256);
        // Every tenth looks at what it gets; the others only count, so that the test is not about hashing.
        var machines = Enumerable.Range(0, 50)
            .Select(n => n % 10 == 0 ? DownloadAsync(process.UrlOf(image.Sha256)) : CountAsync(process.UrlOf(image.Sha256), image)).ToList();
        foreach (var digest in await Task.WhenAll(machines))
            digest.ShouldBe(image.Sha256);

        var cost = site.Wire.ToRack - before;
        cost.ShouldBeLessThanOrEqualTo((long)(image.Length * 1.05));
        var (_, resident) = await process.AskAsync();
        resident.ShouldBeLessThan(200L << 20);
        TestContext.Current.SendDiagnosticMessage($"{MiB} MiB for 50 machines cost {cost / (double)image.Length:0.000} of its size; the rack's peak resident memory was {resident >> 20} MiB.");
    }

    [Fact]
    public async Task A_byte_that_was_spoilt_on_the_way_is_never_given_to_the_end_and_never_twice()
    {
        var image = new GeneratedBytes(8, 24 << 20);
        await using var site = await RackSite.StartAsync(s => AddLarge(s, image));
        await using var rack = await RackHost.StartAsync(await site.OptionsAsync(), CancellationToken.None);
        await SetOnDemandAsync(site);
        var url = new Uri(rack.Url, $"images/{image.Sha256}/root");
        await RackSite.UntilAsync(async () => await IsOfferedAsync(url), "the image to be offered");
        site.Wire.SpoilAfter(8 << 20);
        var machines = Enumerable.Range(0, 5).Select(_ => Record.ExceptionAsync(() => DownloadAsync(url)).AsTask()).ToList();
        (await Task.WhenAll(machines)).ShouldAllBe(e => e is HttpRequestException || e is IOException);
        site.Wire.IsSpoilt.ShouldBeTrue();
        foreach (var digest in await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => DownloadAsync(url))))
            digest.ShouldBe(image.Sha256);
    }

    [Fact]
    public async Task The_longest_unused_files_go_when_the_limit_is_reached()
    {
        await using var site = await RackSite.StartAsync(s =>
        {
            foreach (var (release, number) in new[] { ("jammy", "22.04"), ("noble", "24.04"), ("focal", "20.04") })
                s.Vendor.AddUbuntu(s.Mirror, release, number, size: 1_000_000);
        });
        var options = await site.OptionsAsync();
        await using var rack = await RackHost.StartAsync(options, CancellationToken.None);
        await SetOnDemandAsync(site, ("disk_limit", "2500000"));
        using var http = new HttpClient();
        foreach (var (release, number) in new[] { ("jammy", "22.04"), ("noble", "24.04"), ("jammy", "22.04"), ("focal", "20.04") })
        {
            var url = new Uri(rack.Url, $"images/ubuntu/amd64/ga-{number}/{release}/stable/squashfs");
            await RackSite.UntilAsync(async () => await IsOfferedAsync(url), "the image to be offered");
            (await http.GetByteArrayAsync(url, TestContext.Current.CancellationToken)).ShouldBe(site.Mirror.Get($"{release}/amd64/20260309/squashfs"));
        }

        var store = Path.Combine(options.DataDirectory, "store", "sha256");
        await RackSite.UntilAsync(() => Task.FromResult(FilesIn(store).Sum(f => f.Length) <= 2_500_000), "the limit to be kept");
        FilesIn(store).Select(f => f.Name).ShouldNotContain(Sha256(site, "noble"));
        FilesIn(store).Select(f => f.Name).ShouldContain(Sha256(site, "focal"));
    }

    private static void AddLarge(RackSite site, GeneratedBytes image)
    {
        site.Vendor.AddUbuntu(site.Mirror);
        var product = site.Vendor.AddUbuntu(site.Mirror, "jammy", "22.04");
        const string path = "jammy/amd64/20260309/squashfs";
        site.Mirror.Put(path, image);
        var version = product.Versions["20260309"];
        var items = version.Items.Values.Select(i => i.Name == "squashfs" ? SignedTree.Item("squashfs", "squashfs", path, image) : i);
        site.Vendor.Add(SignedTree.Ubuntu, product with
        {
            Versions = SignedTree.Map([version with { Items = SignedTree.Map(items, i => i.Name) }], v => v.Name),
        });
    }

    private static async Task SetOnDemandAsync(RackSite site, params (string, string)[] more)
    {
        var rack = (await site.AdminAsync(HttpMethod.Get, "racks/"))[0].GetProperty("system_id").GetString();
        await site.AdminAsync(HttpMethod.Put, $"racks/{rack}/", [("mode", "on-demand"), .. more]);
    }

    private static async Task<bool> IsOfferedAsync(Uri url)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        using var response = await http.SendAsync(request);
        return response.IsSuccessStatusCode;
    }

    private static async Task<string> DownloadAsync(Uri url)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await using var body = await http.GetStreamAsync(url);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(body));
    }

    private static async Task<string> CountAsync(Uri url, GeneratedBytes image)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await using var body = await http.GetStreamAsync(url);
        var piece = new byte[256 * 1024];
        var count = 0L;
        while (await body.ReadAsync(piece) is var read && read > 0)
            count += read;
        return count == image.Length ? image.Sha256 : "short";
    }

    private static IEnumerable<FileInfo> FilesIn(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories);

    private static string Sha256(RackSite site, string release) => Convert.ToHexStringLower(SHA256.HashData(site.Mirror.Get($"{release}/amd64/20260309/squashfs")));
}
