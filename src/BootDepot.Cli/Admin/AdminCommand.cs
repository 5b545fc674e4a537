using System;
using System.CommandLine;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server;
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
        ApiKey(host), CreateUser(host), RackToken(host), StreamKeyring(host), StoreCommands.Collect(host), StoreCommands.Scrub(host), BackupCommands.Backup(host), BackupCommands.Restore(host), BackupCommands.RotateStreamKey(host),
    };

    private static Command ApiKey(CommandHost host)
    {
        var data = DataOption.Create(host);
        var user = new Argument<string>("USER") { Description = "Whose key." };
        var name = new Option<string?>("--name") { Description = "Name of the key; makes a new one when the user has none of that name.", HelpName = "NAME" };
        var fresh = new Option<bool>("--new") { Description = "Make a new key even when there is one." };
        var revoke = new Option<string?>("--revoke") { Description = "Revoke this key (all of it, or its middle part) instead.", HelpName = "KEY" };
        var command = new Command("api-key", "Print an API key of a user, and nothing else.") { user, data, name, fresh, revoke };
        command.SetAction((p, cancel) => ApiKeyAsync(
            host, p.GetValue(data)!, p.GetValue(user)!, p.GetValue(name), p.GetValue(fresh), p.GetValue(revoke), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ApiKeyAsync(
        CommandHost host, string data, string user, string? name, bool fresh, string? revoke, CancellationToken cancel)
    {
        using var catalog = await OpenAsync(data, cancel);
        var keys = new ApiKeyAdministration(catalog, new DataFolder(data), host.Time);
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
        var data = DataOption.Create(host);
        var user = new Argument<string>("USER") { Description = "Letters, digits and @ . + - _" };
        var email = new Option<string>("--email") { Description = "Mail address.", HelpName = "ADDRESS", DefaultValueFactory = _ => "" };
        var admin = new Option<bool>("--admin") { Description = "Make the user an administrator." };
        var password = new Option<bool>("--password-stdin") { Description = "Read a password, one line, from standard input; without it the user has API keys only." };
        var command = new Command("create-user", "Add a user.") { user, data, email, admin, password };
        command.SetAction((p, cancel) => CreateUserAsync(
            host, p.GetValue(data)!, p.GetValue(user)!, p.GetValue(email)!, p.GetValue(admin), p.GetValue(password), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> CreateUserAsync(
        CommandHost host, string data, string user, string email, bool admin, bool readPassword, CancellationToken cancel)
    {
        using var catalog = await OpenAsync(data, cancel);
        var password = readPassword ? await new StreamReader(host.In).ReadLineAsync(cancel) : null;
        Take(await new UserAdministration(catalog, host.Time).CreateAsync(user, email, password, admin, Operator, cancel));
        return 0;
    }

    private static Command RackToken(CommandHost host)
    {
        var data = DataOption.Create(host);
        var name = new Option<string>("--name") { Description = "Name of the rack. Default: its host's.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var hours = new Option<int>("--hours") { Description = "How long the token works.", HelpName = "N", DefaultValueFactory = _ => (int)RackAdmission.DefaultLifetime.TotalHours };
        var command = new Command("rack-token", "Print a token by which one rack may enrol, once, and nothing else.") { data, name, hours };
        command.SetAction((p, cancel) => RackTokenAsync(host, p.GetValue(data)!, p.GetValue(name)!, p.GetValue(hours), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RackTokenAsync(CommandHost host, string data, string name, int hours, CancellationToken cancel)
    {
        using var catalog = await OpenAsync(data, cancel);
        using var key = StreamKeyFile.LoadOrCreate(new DataFolder(data).StreamKey, SigningKeyKind.Ed25519, host.Time.GetUtcNow());
        var admission = new RackAdmission(catalog, host.Time);
        host.WriteOut(Take(await admission.CreateTokenAsync(name, TimeSpan.FromHours(hours), key, Operator, cancel)) + "\n");
        return 0;
    }

    private static Command StreamKeyring(CommandHost host)
    {
        var data = DataOption.Create(host);
        var command = new Command("stream-keyring", "Write the public key that signs the region's stream to standard output, as a binary keyring.") { data };
        command.SetAction((p, cancel) => StreamKeyringAsync(host, p.GetValue(data)!, cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> StreamKeyringAsync(CommandHost host, string data, CancellationToken cancel)
    {
        using var key = StreamKeyFile.LoadOrCreate(new DataFolder(data).StreamKey, SigningKeyKind.Ed25519, host.Time.GetUtcNow());
        await host.Out.WriteAsync(key.ExportPublicKey(), cancel);
        return 0;
    }

    /// <summary>How the audit trail names changes made here: whoever runs this has the run of the data directory.</summary>
    private static readonly Actor Operator = new("local-admin");

    public static async Task<CatalogDatabase> OpenAsync(string data, CancellationToken cancel)
    {
        if (!Directory.Exists(data))
        {
            throw new CommandFailure(new(
                "data-directory-missing",
                $"There is no data directory {Path.GetFullPath(data)}. Name the region's own with --data, or start the region once: bootdepot region --data {data}"));
        }

        var catalog = new CatalogDatabase(CatalogOptions.Sqlite(new DataFolder(data).Catalog));
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
