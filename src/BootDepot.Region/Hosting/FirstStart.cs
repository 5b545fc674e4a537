using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Auth;
using BootDepot.Region.Sources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Hosting;

/// <summary>
/// What a region makes of an empty catalogue: an administrator with an API key, and the default source. Done once: an
/// operator who deletes the source does not find it again after a restart. Uses no network.
/// </summary>
internal sealed class FirstStart(
    CatalogDatabase catalog, UserAdministration users, ApiKeyAdministration keys, RegionIdentity identity, RegionOptions options)
{
    /// <summary>Name of the first administrator.</summary>
    public const string AdminName = "admin";

    // Rows in the settings that no API shows: who this installation is, and that the default source was offered.
    private const string UuidSetting = "region_uuid";
    private const string DoneSetting = "region_first_start_done";

    /// <summary>Does it if it is to be done. Returns the new administrator's key, which nobody else is told.</summary>
    public async Task<ApiKeyFacts?> RunAsync(CancellationToken cancel)
    {
        bool hasUsers;
        bool done;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            hasUsers = await db.Users.AnyAsync(cancel);
            done = await db.Settings.AnyAsync(s => s.Name == DoneSetting, cancel);
        }

        if (!done)
            await catalog.ChangeAsync(AddSourceAsync, cancel);
        await using (var db = await catalog.CreateDbContextAsync(cancel))
            identity.Uuid = (await db.Settings.AsNoTracking().SingleAsync(s => s.Name == UuidSetting, cancel)).Value.Trim('"');
        if (hasUsers)
            return null;
        await users.CreateAsync(AdminName, "", password: null, isAdmin: true, Actor.System, cancel);
        return await keys.FindOrCreateAsync(AdminName, null, Actor.System, cancel) is Outcome<ApiKeyFacts>.Done key ? key.Value : null;
    }

    /// <summary>Debian's name of the processor that this runs on.</summary>
    public static string HostArchitecture() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        Architecture.Ppc64le => "ppc64el",
        Architecture.S390x => "s390x",
        Architecture.RiscV64 => "riscv64",
        Architecture.X86 => "i386",
        _ => "armhf",
    };

    private async Task AddSourceAsync(CatalogContext db, CancellationToken cancel)
    {
        if (await db.Settings.AnyAsync(s => s.Name == DoneSetting, cancel))
            return;
        await AddIdentityAsync(db, cancel);
        db.Settings.Add(new Setting { Name = DoneSetting, Value = "true" });
        if (options.DefaultSource is not { } wanted || await db.BootSources.AnyAsync(cancel))
            return;
        var now = options.Time.GetUtcNow();
        var keyring = wanted.Keyrings.FirstOrDefault(File.Exists);
        var source = new BootSource
        {
            Url = wanted.Url,
            Name = wanted.Name,
            Priority = 1,
            KeyringFilename = keyring ?? wanted.Keyrings.FirstOrDefault() ?? "",
            Created = now,
            Updated = now,
        };
        KeyringCheck.Write(source, wanted.Keyrings);
        if (wanted.Os is not null)
        {
            source.Selections.Add(new BootSourceSelection
            {
                Os = wanted.Os,
                Release = wanted.Release,
                Arches = [.. new[] { HostArchitecture(), "amd64" }.Distinct(StringComparer.Ordinal)],
                Subarches = ["*"],
                Labels = ["*"],
                Created = now,
                Updated = now,
            });
        }

        db.BootSources.Add(source);
        AuditTrail.Append(
            db, options.Time, Actor.System, "boot-source.create", "boot-source/" + wanted.Name, null,
            new JsonObject { ["url"] = Images.UrlText.WithoutPassword(wanted.Url) });
    }

    private static async Task AddIdentityAsync(CatalogContext db, CancellationToken cancel)
    {
        if (!await db.Settings.AnyAsync(s => s.Name == UuidSetting, cancel))
            db.Settings.Add(new Setting { Name = UuidSetting, Value = $"\"{Guid.NewGuid()}\"" });
    }
}
