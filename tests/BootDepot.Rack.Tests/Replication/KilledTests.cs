using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tests.Sites;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>
/// Rack and region are killed at random moments while the rack takes new versions of its images: what it serves is whole all the
/// time, and little is fetched twice. BOOTDEPOT_KILLED_RACK_MIB makes it larger or smaller.
/// </summary>
public sealed class KilledTests
{
    private const int Kills = 20;
    private const int Images = 6;
    private static readonly int MiB = int.TryParse(Environment.GetEnvironmentVariable("BOOTDEPOT_KILLED_RACK_MIB"), CultureInfo.InvariantCulture, out var size) ? size : 512;

    /// <summary>What the files of an image must be, by version and name.</summary>
    private readonly Dictionary<string, GeneratedBytes> _files = new(StringComparer.Ordinal);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Twenty_kills_of_rack_and_region_leave_the_tree_whole_at_every_moment_and_cost_two_percent_at_most()
    {
        await using var site = await RackSite.StartAsync(s => Publish(s, "20260301", 4 << 20), isApart: true);
        var options = await site.OptionsAsync();
        var folder = new RackFolder(options.DataDirectory);
        await using var rack = await RackProcess.StartAsync(options.DataDirectory, options.Regions[0], options.Token!);
        await UntilShownAsync(folder, "20260301");

        var total = Publish(site, "20260302", (long)MiB << 20);
        // As fast as a good line and not faster, so that bytes that were sent were also received. Four files come at once.
        site.Wire.Rate = 12 << 20;
        var before = site.Wire.ToRack;
        site.Vendor.Publish(site.Mirror);
        await site.ImportAsync();

        using var done = new CancellationTokenSource();
        var watcher = Task.Run(() => WatchAsync(folder, done.Token));
        var random = new Random(20260309);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var mark = (long)(total * (kill - random.NextDouble()) / (Kills + 1));
            await RackSite.UntilAsync(() => Task.FromResult(site.Wire.ToRack - before >= mark || watcher.IsCompleted), $"{mark} bytes to have come");
            if (kill % 3 == 0)
            {
                await site.KillRegionAsync();
                await site.StartRegionAgainAsync();
            }
            else
            {
                await rack.KillAsync();
                await rack.StartAgainAsync();
            }
        }

        await UntilShownAsync(folder, "20260302", watcher);
        var ratio = (site.Wire.ToRack - before) / (double)total;
        await done.CancelAsync();
        (await watcher).ShouldBeGreaterThan(Kills, "looks at the tree");
        foreach (var image in Enumerable.Range(0, Images))
            (await DigestAsync(Path.Combine(folder.CurrentTree, FolderOf(image), "squashfs"))).ShouldBe(_files[$"20260302/{image}/squashfs"].Sha256);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{Kills} kills: {ratio:0.0000} of {total >> 20} MiB passed the wire."));
        ratio.ShouldBeLessThanOrEqualTo(1.02);
    }

    private static string FolderOf(int image) => $"ubuntu/amd64/ga-{20 + image}.04/r{image}/stable";

    /// <summary>Puts a version of every image on the mirror; how many bytes they have.</summary>
    private long Publish(RackSite site, string version, long total)
    {
        var published = 0L;
        foreach (var image in Enumerable.Range(0, Images))
        {
            var product = site.Vendor.AddUbuntu(site.Mirror, $"r{image}", $"{20 + image}.04", version);
            var items = product.Versions[version].Items.Keys.Select((name, n) =>
            {
                // Most of an image is its root; the later images are larger.
                var size = name switch
                {
                    "manifest" => 5000,
                    "squashfs" => total * (image + 1) / (Images * (Images + 1) / 2),
                    _ => 300_000 + n,
                };
                var path = $"r{image}/amd64/{version}/{name}";
                var bytes = _files[$"{version}/{image}/{name}"] = new GeneratedBytes((version == "20260301" ? 0 : 1000) + (image * 10) + n, size);
                published += size;
                site.Mirror.Put(path, bytes);
                return SignedTree.Item(name, name, path, bytes);
            }).ToList();
            var replaced = product.Versions[version] with { Items = SignedTree.Map(items, i => i.Name) };
            site.Vendor.Add(SignedTree.Ubuntu, product with { Versions = SignedTree.Map([replaced], v => v.Name) });
        }

        return published;
    }

    /// <summary>Looks at the tree over and over: every image is there, all of its files are of one version and whole.</summary>
    private async Task<int> WatchAsync(RackFolder folder, CancellationToken cancel)
    {
        var random = new Random(1);
        var looks = 0;
        while (!cancel.IsCancellationRequested)
        {
            // The snapshot that the link stands for now; it stays while we read it.
            var snapshot = Path.Combine(folder.Tree, new DirectoryInfo(folder.CurrentTree).LinkTarget!);
            foreach (var image in Enumerable.Range(0, Images))
            {
                var at = Path.Combine(snapshot, FolderOf(image));
                var version = await VersionOfAsync(at, image);
                (await DigestAsync(Path.Combine(at, "boot-initrd"))).ShouldBe(_files[$"{version}/{image}/boot-initrd"].Sha256);
                await CompareAsync(Path.Combine(at, "squashfs"), _files[$"{version}/{image}/squashfs"], random);
            }

            looks++;
            await Task.Delay(50, CancellationToken.None);
        }

        return looks;
    }

    /// <summary>Compares the length, the end, and some places: to hash gigabytes at each look would be the test.</summary>
    private static async Task CompareAsync(string path, GeneratedBytes wanted, Random random)
    {
        const int piece = 64 * 1024;
        await using var file = File.OpenRead(path);
        file.Length.ShouldBe(wanted.Length);
        foreach (var start in new[] { wanted.Length - piece, random.NextInt64(wanted.Length - piece), random.NextInt64(wanted.Length - piece) })
        {
            using var expected = new MemoryStream();
            await wanted.WriteAsync(expected, start, piece, CancellationToken.None);
            var found = new byte[piece];
            file.Position = start;
            await file.ReadExactlyAsync(found);
            found.AsSpan().SequenceEqual(expected.ToArray()).ShouldBeTrue($"{path} at {start}");
        }
    }

    private async Task<string> VersionOfAsync(string folder, int image)
    {
        var digest = await DigestAsync(Path.Combine(folder, "boot-kernel"));
        return _files.Single(f => f.Value.Sha256 == digest && f.Key.EndsWith($"/{image}/boot-kernel", StringComparison.Ordinal)).Key.Split('/')[0];
    }

    private static async Task<string> DigestAsync(string path)
    {
        await using var bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, CancellationToken.None));
    }

    private Task UntilShownAsync(RackFolder folder, string version, Task? watcher = null) => RackSite.UntilAsync(
        async () =>
        {
            foreach (var image in Enumerable.Range(0, Images))
            {
                var at = Path.Combine(folder.CurrentTree, FolderOf(image));
                if (!Directory.Exists(at) || await VersionOfAsync(at, image) != version)
                    return watcher?.IsCompleted == true;
            }

            return true;
        },
        $"the tree to show {version}");
}
