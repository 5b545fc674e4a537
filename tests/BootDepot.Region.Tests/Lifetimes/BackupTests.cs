using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BootDepot.Catalog.Settings;
using BootDepot.Region.Backups;
using BootDepot.Region.Tests.Uploads;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>A region that is backed up, wiped and restored is the same region.</summary>
public sealed partial class BackupTests
{
    // All that can be asked for, but for what is of the moment: free space, what runs, and describe/, which has the region's present port.
    private static readonly string[] Asked =
    [
        "boot-resources/", "boot-resources/?include_sets=true", "boot-sources/", "boot-sources/1/", "boot-sources/1/selections/", "boot-source-states/",
        "source-networks/", "retention/", "image-versions/", "deleted-images/", "images/", "image-copies/", "offers/", "imports/", "uploads/", "conversions/",
        "events/", "users/", "users/joe/", "racks/", "rackcontrollers/", "/MAAS/api/1.0/nodegroups/?op=list", "boot-assignments/", "boot-records/", "stream-keys/", "scrub/",
        "account/?op=list_authorisation_tokens", "version/", "views/", "plan/", "/MAAS/images-stream/views/edge/streams/v1/index.sjson",
        "/MAAS/images-stream/streams/v1/index.json", "/MAAS/images-stream/streams/v1/index.json.gpg", "/MAAS/images-stream/streams/v1/index.sjson",
        "/MAAS/images-stream/streams/v1/custom.sjson", "/MAAS/images-stream/streams/v1/org.bootdepot:v3:download.sjson",
        "/MAAS/images-stream/streams/v1/org.bootdepot:1:bootloader-download.sjson", "/MAAS/images-stream/streams/v1/org.bootdepot:custom:download.sjson",
        "/MAAS/images-stream/streams/v1/keyring.gpg",
    ];

    private static readonly string[] Settings = [.. SettingDefinition.All.Where(d => d.Shown).Select(d => d.Name)];

    [Fact]
    public async Task Backup_then_wipe_then_restore_gives_an_identical_API()
    {
        using var folder = new TempFolder();
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        await f.ImportVersionAsync("20260102");
        await f.ActAsync("pin", ("image", "ubuntu/noble"));
        (await f.Region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "import_rate_kibibytes"), ("value", "100000")))).Status.ShouldBe(200);
        (await f.Region.AdminAsync("POST", "views/", Seed.Form(("name", "edge"), ("images", "ubuntu/noble")))).Status.ShouldBe(200);
        var bytes = Seed.Bytes(3000);
        var uploads = new UploadClient(f.Region);
        (await uploads.PutAsync(UploadClient.UriOrNull(await uploads.BeginAsync("mine", bytes, ("force", "true")))!, bytes)).Status.ShouldBe(200);
        var resources = (await f.Region.AdminAsync("GET", "boot-resources/")).Json.EnumerateArray().Select(r => $"boot-resources/{r.GetProperty("id").GetInt32()}/");
        var asked = Asked.Concat(resources).Concat(Settings.Select(name => $"maas/?op=get_config&name={name}")).ToList();
        var before = await AskAsync(f, asked);
        var backup = Done(await RegionBackup.WriteAsync(new DataFolder(f.Region.DataDirectory), folder["backup"], withBlobs: true, TimeProvider.System, default));
        backup.MissingBlobs.ShouldBe(0);
        await f.Region.StopHostAsync();
        Directory.Delete(f.Region.DataDirectory, recursive: true);
        Done(await RegionBackup.RestoreAsync(folder["backup"], new DataFolder(f.Region.DataDirectory), TimeProvider.System, default)).MissingBlobs.ShouldBe(0);
        await f.Region.StartHostAsync();
        var after = await AskAsync(f, asked);
        asked.Where(path => !IsSame(path, after[path], before[path])).Select(path => $"{path}: {before[path].Text} is now {after[path].Text}").ShouldBeEmpty();
        var item = before["/MAAS/images-stream/streams/v1/index.json"].Json.GetProperty("index").EnumerateObject().First().Value.GetProperty("path").GetString();
        (await f.Region.SendAsync("GET", "/MAAS/images-stream/" + item)).Status.ShouldBe(200);
        foreach (var digest in await f.BlobsAsync())
            Seed.Sha256((await f.Region.SendAsync("GET", $"/MAAS/images-stream/sha256/{digest}/x")).Body).ShouldBe(digest);
    }

    // Byte for byte, but for the free room that a plan tells.
    private static bool IsSame(string path, Reply after, Reply before) => path == "plan/"
        ? OfTheMoment().Replace(after.Text, "") == OfTheMoment().Replace(before.Text, "")
        : after.Body.AsSpan().SequenceEqual(before.Body);

    [GeneratedRegex("\"free_bytes\": \\d+", RegexOptions.None, 5000)]
    private static partial Regex OfTheMoment();

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

    private static async Task<Dictionary<string, Reply>> AskAsync(LifetimeFixture f, IEnumerable<string> paths)
    {
        var replies = new Dictionary<string, Reply>(StringComparer.Ordinal);
        foreach (var path in paths)
            replies[path] = await f.Region.AdminAsync("GET", path);

        replies.Where(r => r.Value.Status != 200).Select(r => $"{r.Key}: {r.Value.Status}").ShouldBeEmpty();
        return replies;
    }

    private static BackupReport Done(Outcome<BackupReport> outcome) => outcome.ShouldBeOfType<Outcome<BackupReport>.Done>().Value;

    private static string Fault(Outcome<BackupReport> outcome) => outcome.ShouldBeOfType<Outcome<BackupReport>.Refused>().Fault.Code;
}
