using System;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tests.Sites;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>A rack that shares its region's files, as that of <c>region --with-rack</c> does.</summary>
public sealed class SharedStoreTests
{
    [Fact]
    public async Task It_gives_the_files_of_its_own_images_and_nothing_else_of_what_the_region_has()
    {
        var clock = new SkippingClock();
        await using var site = await RackSite.StartAsync(s =>
        {
            s.Vendor.AddUbuntu(s.Mirror);
            s.Vendor.AddUbuntu(s.Mirror, "jammy", "22.04");
        });
        await using var rack = await RackHost.StartAsync(await site.OptionsAsync() with { SharedStore = site.RegionBlobs, Time = clock }, CancellationToken.None);
        await site.UntilSyncedAsync(rack);
        var noble = Digest.FromHash(SHA256.HashData(site.Mirror.Get("noble/amd64/20260309/boot-kernel")));
        var jammy = Digest.FromHash(SHA256.HashData(site.Mirror.Get("jammy/amd64/20260309/boot-kernel")));
        await GivesAsync(noble, true);

        // An upload that nobody but its tenant shall have.
        var store = new FileBlobStore(site.RegionBlobs, TimeProvider.System);
        await using (var writer = await store.WriteAsync(PartialName.OfUpload("secret"), 6, CancellationToken.None))
        {
            await writer.AppendAsync("secret"u8.ToArray(), CancellationToken.None);
            var kept = (await writer.CommitAsync(null, CancellationToken.None)).ShouldBeOfType<BlobCommit.Stored>().Blob.Digest;
            await GivesAsync(kept, false);
        }

        await site.AdminAsync(HttpMethod.Post, "views/", ("name", "tenant"), ("images", "ubuntu/noble"), ("private", "true"), ("exclusive", "true"));
        await RackSite.UntilAsync(async () => !(await site.StateOfAsync(rack)).GetRawText().Contains("ubuntu/noble", StringComparison.Ordinal), "the rack to let noble go");
        await GivesAsync(noble, true); // a machine may be booting it
        clock.Skip(TimeSpan.FromHours(1));
        await GivesAsync(noble, false);
        await GivesAsync(jammy, true);

        // To other racks, and to machines.
        async Task GivesAsync(Digest digest, bool isGiven)
        {
            using var http = new HttpClient();
            foreach (var path in new[] { $"blobs/{digest}", $"{digest}/boot-kernel" })
            {
                using var answer = await http.GetAsync(new Uri(rack.Url, path), TestContext.Current.CancellationToken);
                ((int)answer.StatusCode).ShouldBe(isGiven ? 200 : 404, path);
            }
        }
    }

    /// <summary>The real clock, some time ahead.</summary>
    private sealed class SkippingClock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Skip(TimeSpan time) => _ahead += time;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }
}
