using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Region.Backups;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>A region that is backed up, wiped and restored is the same region.</summary>
public sealed class BackupTests
{
    private static readonly string[] Asked =
    [
        "boot-resources/", "boot-resources/1/", "boot-sources/", "boot-sources/1/selections/", "image-versions/", "users/",
        "/MAAS/images-stream/streams/v1/index.json", "/MAAS/images-stream/streams/v1/index.sjson",
        "/MAAS/images-stream/streams/v1/org.bootdepot:v3:download.sjson", "/MAAS/images-stream/streams/v1/keyring.gpg",
    ];

    [Fact]
    public async Task Backup_then_wipe_then_restore_gives_an_identical_API()
    {
        using var folder = new TempFolder();
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        await f.ActAsync("pin", ("image", "ubuntu/noble"));
        var before = await Task.WhenAll(Asked.Select(a => f.Region.AdminAsync("GET", a)));
        var backup = Done(await RegionBackup.WriteAsync(new DataFolder(f.Region.DataDirectory), folder["backup"], withBlobs: true, TimeProvider.System, default));
        backup.MissingBlobs.ShouldBe(0);
        await f.Region.StopHostAsync();
        Directory.Delete(f.Region.DataDirectory, recursive: true);
        Done(await RegionBackup.RestoreAsync(folder["backup"], new DataFolder(f.Region.DataDirectory), TimeProvider.System, default)).MissingBlobs.ShouldBe(0);
        await f.Region.StartHostAsync();
        foreach (var (path, was) in Asked.Zip(before))
        {
            var now = await f.Region.AdminAsync("GET", path);
            now.Status.ShouldBe(200, path);
            now.Body.ShouldBe(was.Body, path);
        }

        var item = before[6].Json.GetProperty("index").EnumerateObject().First().Value.GetProperty("path").GetString();
        (await f.Region.SendAsync("GET", "/MAAS/images-stream/" + item)).Status.ShouldBe(200);
        foreach (var digest in await f.BlobsAsync())
            Seed.Sha256((await f.Region.SendAsync("GET", $"/MAAS/images-stream/sha256/{digest}/x")).Body).ShouldBe(digest);
    }

    [Fact]
    public async Task A_backup_that_is_damaged_or_cut_off_restores_nothing()
    {
        using var folder = new TempFolder();
        await using var region = await RegionFixture.StartAsync();
        Done(await RegionBackup.WriteAsync(new DataFolder(region.DataDirectory), folder["backup"], withBlobs: false, TimeProvider.System, default));
        Fault(await RegionBackup.WriteAsync(new DataFolder(region.DataDirectory), folder["backup"], withBlobs: false, TimeProvider.System, default))
            .ShouldBe("backup-target-not-empty");
        Fault(await RegionBackup.RestoreAsync(folder["backup"], new DataFolder(region.DataDirectory), TimeProvider.System, default)).ShouldBe("restore-target-not-empty");
        var key = Directory.GetFiles(folder["backup/keys"])[0];
        var bytes = await File.ReadAllBytesAsync(key);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(key, bytes);
        Fault(await RegionBackup.RestoreAsync(folder["backup"], new DataFolder(folder["new"]), TimeProvider.System, default)).ShouldBe("backup-damaged");
        Directory.Exists(folder["new"]).ShouldBeFalse();
        File.Delete(folder["backup/backup.json"]);
        Fault(await RegionBackup.RestoreAsync(folder["backup"], new DataFolder(folder["new"]), TimeProvider.System, default)).ShouldBe("backup-unfinished");
    }

    private static BackupReport Done(Outcome<BackupReport> outcome) => outcome.ShouldBeOfType<Outcome<BackupReport>.Done>().Value;

    private static string Fault(Outcome<BackupReport> outcome) => outcome.ShouldBeOfType<Outcome<BackupReport>.Refused>().Fault.Code;
}
