using System;
using System.CommandLine;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Region;
using BootDepot.Region.Auth;
using BootDepot.Region.Publishing;
using BootDepot.Region.Racks;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Admin;

/// <summary>
/// <c>bootdepot admin</c>: what its operator does with a region's data directory, whether or not the region runs. Who may
/// read that directory is an administrator; nothing else is asked.
/// </summary>
internal static class AdminCommand
{
    public static Command Create(CommandHost host) => new("admin", "Administer a region through its data directory.")
    {
        CheckCommand.Create(host), ApiKey(host), CreateUser(host), RackToken(host), StreamKeyring(host),
        StoreCommands.Collect(host), StoreCommands.Scrub(host), MoveCommands.Database(host), MoveCommands.Blobs(host),
        BackupCommands.Backup(host), BackupCommands.Restore(host), BackupCommands.RotateStreamKey(host),
    };

    private static Command ApiKey(CommandHost host)
    {
        var region = new RegionPlace();
        var user = new Argument<string>("USER") { Description = "Whose key." };
        var name = new Option<string?>("--name") { Description = "Name of the key; makes a new one when the user has none of that name.", HelpName = "NAME" };
        var fresh = new Option<bool>("--new") { Description = "Make a new key even when there is one." };
        var revoke = new Option<string?>("--revoke") { Description = "Revoke this key (all of it, or its middle part) instead.", HelpName = "KEY" };
        var command = new Command("api-key", "Print an API key of a user, and nothing else.") { user, region.Data, region.Config, name, fresh, revoke };
        command.SetAction((p, cancel) => ApiKeyAsync(
            host, region.Read(host, p), p.GetValue(user)!, p.GetValue(name), p.GetValue(fresh), p.GetValue(revoke), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ApiKeyAsync(
        CommandHost host, RegionConfiguration region, string user, string? name, bool fresh, string? revoke, CancellationToken cancel)
    {
        using var catalog = await OpenAsync(region, cancel);
        var keys = new ApiKeyAdministration(catalog, new DataFolder(region.Data), host.Time);
        if (revoke is not null)
        {
            Take(await keys.RevokeAsync(user, revoke, Operator, cancel));
            return 0;
        }

        var outcome = fresh
            ? await keys.CreateAsync(user, name, Operator, cancel)
            : await keys.FindOrCreateAsync(user, name, Operator, cancel);
        host.WriteOut(Take(outcome).Text + "\n");
        return 0;
    }

    private static Command CreateUser(CommandHost host)
    {
        var region = new RegionPlace();
        var user = new Argument<string>("USER") { Description = "Letters, digits and @ . + - _" };
        var email = new Option<string>("--email") { Description = "Mail address.", HelpName = "ADDRESS", DefaultValueFactory = _ => "" };
        var admin = new Option<bool>("--admin") { Description = "Make the user an administrator." };
        var password = new Option<bool>("--password-stdin") { Description = "Read a password, one line, from standard input; without it the user has API keys only." };
        var command = new Command("create-user", "Add a user.") { user, region.Data, region.Config, email, admin, password };
        command.SetAction((p, cancel) => CreateUserAsync(
            host, region.Read(host, p), p.GetValue(user)!, p.GetValue(email)!, p.GetValue(admin), p.GetValue(password), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> CreateUserAsync(
        CommandHost host, RegionConfiguration region, string user, string email, bool admin, bool readPassword, CancellationToken cancel)
    {
        using var catalog = await OpenAsync(region, cancel);
        var password = readPassword ? await new StreamReader(host.In).ReadLineAsync(cancel) : null;
        Take(await new UserAdministration(catalog, host.Time).CreateAsync(user, email, password, admin, Operator, cancel));
        return 0;
    }

    private static Command RackToken(CommandHost host)
    {
        var region = new RegionPlace();
        var name = new Option<string>("--name") { Description = "Name of the rack. Default: its host's.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var hours = new Option<int>("--hours") { Description = "How long the token works.", HelpName = "N", DefaultValueFactory = _ => (int)RackAdmission.DefaultLifetime.TotalHours };
        var command = new Command("rack-token", "Print a token by which one rack may enrol, once, and nothing else.") { region.Data, region.Config, name, hours };
        command.SetAction((p, cancel) => RackTokenAsync(host, region.Read(host, p), p.GetValue(name)!, p.GetValue(hours), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RackTokenAsync(CommandHost host, RegionConfiguration region, string name, int hours, CancellationToken cancel)
    {
        using var catalog = await OpenAsync(region, cancel);
        using var key = StreamKeyFile.LoadOrCreate(new DataFolder(region.Data).StreamKey, SigningKeyKind.Ed25519, host.Time.GetUtcNow());
        var admission = new RackAdmission(catalog, host.Time);
        host.WriteOut(Take(await admission.CreateTokenAsync(name, TimeSpan.FromHours(hours), key, Operator, cancel)) + "\n");
        return 0;
    }

    private static Command StreamKeyring(CommandHost host)
    {
        var region = new RegionPlace();
        var command = new Command("stream-keyring", "Write the public key that signs the region's stream to standard output, as a binary keyring.") { region.Data, region.Config };
        command.SetAction((p, cancel) => StreamKeyringAsync(host, region.Read(host, p), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> StreamKeyringAsync(CommandHost host, RegionConfiguration region, CancellationToken cancel)
    {
        using var key = StreamKeyFile.LoadOrCreate(new DataFolder(region.Data).StreamKey, SigningKeyKind.Ed25519, host.Time.GetUtcNow());
        await host.Out.WriteAsync(key.ExportPublicKey(), cancel);
        return 0;
    }

    /// <summary>How the audit trail names changes made here: whoever runs this has the run of the data directory.</summary>
    private static readonly Actor Operator = new("local-admin");

    /// <summary>The catalogue of a region that keeps everything in its data directory; others are told what to do instead.</summary>
    internal static Task<CatalogDatabase> OpenFilesAsync(CommandHost host, string data, CancellationToken cancel)
    {
        var region = RegionConfiguration.Read(host, file: null, [("data", [data], "--data")]);
        if (region.Catalog.SqliteFile is null || region.Blobs is not Region.Hosting.BlobStorage.InFiles)
            throw new CommandFailure(new("backup-elsewhere", $"This region keeps its catalogue in {region.Catalog.Place} and image bytes in {region.Blobs}. Back those up by their own means (docs/operations.md); this command is for SQLite and files."));
        return OpenAsync(region, cancel);
    }

    internal static async Task<CatalogDatabase> OpenAsync(RegionConfiguration region, CancellationToken cancel)
    {
        if (!Directory.Exists(region.Data))
        {
            throw new CommandFailure(new(
                "data-directory-missing",
                $"There is no data directory {region.Data}. Name the region's own with --data, or start the region once: bootdepot region --data {region.Data}"));
        }

        var catalog = new CatalogDatabase(region.Catalog);
        await catalog.EnsureReadyAsync(cancel);
        return catalog;
    }

    public static T Take<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Done done => done.Value,
        Outcome<T>.Refused refused => throw new CommandFailure(refused.Fault),
        _ => throw new InvalidOperationException("An outcome is done or refused."),
    };
}
