using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Rack.Hosting;
using BootDepot.Region.Hosting;

namespace BootDepot.Cli.Server;

/// <summary><c>bootdepot region</c>: runs the server.</summary>
internal static class RegionCommand
{
    public static Command Create(CommandHost host)
    {
        var config = DataOption.CreateConfig();
        var data = DataOption.Create();
        var listen = new Option<string?>("--listen") { Description = "Address to listen on. Default: as configured, else http://[::]:5240.", HelpName = "URL" };
        var database = new Option<string?>("--database") { Description = "PostgreSQL that holds the catalogue, in place of SQLite in the data directory.", HelpName = "CONNECTION" };
        var source = new Option<string?>("--source")
        {
            Description = "On the first start only: the boot source to begin with, everything it offers selected, in place of images.maas.io.",
            HelpName = "URL",
        };
        var keyring = new Option<string?>("--source-keyring") { Description = "Keyring that must have signed --source.", HelpName = "FILE" };
        var noSource = new Option<bool>("--no-default-source") { Description = "On the first start only: begin without any boot source." };
        var noImport = new Option<bool>("--no-auto-import") { Description = "Import only when asked, whatever the settings say." };
        var ca = new Option<string[]>("--ca")
        {
            Description = "PEM file with certificate authorities that sources may use besides the system's; repeatable.",
            HelpName = "FILE",
            DefaultValueFactory = _ => [],
        };
        var noProxy = new Option<string?>("--no-proxy")
        {
            Description = "Hosts reached without the proxy of the setting http_proxy: names, .suffixes, addresses, CIDR ranges, with commas. Default: $no_proxy.",
            HelpName = "LIST",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Any setting of the configuration file: blobs.store=s3; repeatable.",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };
        var withRack = new Option<bool>("--with-rack") { Description = "Run a rack as well, for a site with one machine; it serves the region's own files." };
        var machines = new MachineFlags("--rack-", "With --with-rack: ");
        var command = new Command("region", "Run the region controller: API, imports, published stream.")
        {
            config, data, listen, database, source, keyring, noSource, noImport, ca, noProxy, set, withRack,
        };
        machines.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var flags = new List<(string Key, IReadOnlyList<string> Texts, string Flag)>();
            void Add(string key, params string?[] texts)
            {
                if (texts is [not null, ..])
                    flags.Add((key, texts!, "--" + key));
            }

            Add("data", parsed.GetValue(data));
            Add("listen", parsed.GetValue(listen));
            Add("database", parsed.GetValue(database));
            Add("source", parsed.GetValue(source));
            Add("source-keyring", parsed.GetValue(keyring));
            Add("default-source", parsed.GetValue(noSource) ? "false" : null);
            Add("auto-import", parsed.GetValue(noImport) ? "false" : null);
            Add("ca", parsed.GetValue(ca)!);
            if (parsed.GetValue(noProxy) is { } list)
                Add("no-proxy", [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);
            foreach (var pair in parsed.GetValue(set)!)
                flags.Add((pair.Split('=', 2)[0], [pair.Split('=', 2)[^1]], "--set " + pair.Split('=', 2)[0]));
            Func<RackOptions, RackOptions>? rack = parsed.GetValue(withRack) ? options => machines.Apply(host, parsed, options) : null;
            return RunAsync(host, parsed.GetValue(config), flags, rack, cancel);
        });
        return command;
    }

    // Not inlined, so that commands which run no server load none of its code.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(
        CommandHost host, string? config, List<(string Key, IReadOnlyList<string> Texts, string Flag)> flags, Func<RackOptions, RackOptions>? rackFlags,
        CancellationToken cancel)
    {
        var configuration = RegionConfiguration.Read(host, config, flags);
        var options = configuration.ToOptions() with { Logging = ServerLog.Console };
        using var telemetry = Telemetry.StartOrNull(host, "bootdepot-region");
        await using var region = await RegionHost.StartAsync(options, cancel);
        host.WriteOut($"BootDepot answers on {region.Url}MAAS/{(region.TlsUrl is { } tls ? $" and {tls}MAAS/" : "")}\n");
        // systemd.exec(5): set where a service manager writes what is said here into a journal, which others read and which is kept.
        var isKept = Console.IsOutputRedirected && host.Environment.ContainsKey("JOURNAL_STREAM");
        if (region.FirstKey is { } key)
        {
            host.WriteOut(isKept ? "The administrator has an API key. To see it: " : $"The administrator's API key, shown this once: {key.Text}\nAnother: ");
            host.WriteOut($"bootdepot admin api-key admin --data {configuration.Data}\n");
        }

        await using var rack = rackFlags is not null ? await LocalRack.StartAsync(configuration, region.Url, rackFlags, host.Time, cancel) : null;
        if (rack is not null)
            RackCommand.Say(host, rack);
        if (region.FirstSignInUrl is { } first)
            host.WriteOut($"First sign-in: {(isKept ? $"{first.GetLeftPart(UriPartial.Path)}#first=SECRET, the secret is in {configuration.Data}/keys/first-sign-in" : first)}\n");

        var regionEnds = region.WaitForShutdownAsync(cancel);
        await await Task.WhenAny(regionEnds, rack?.WaitForShutdownAsync(cancel) ?? regionEnds);
        return 0;
    }
}
