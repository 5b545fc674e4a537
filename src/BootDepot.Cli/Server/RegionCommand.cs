using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Region.Hosting;
using BootDepot.Region.Imports;
using BootDepot.Transfers.Http;

namespace BootDepot.Cli.Server;

/// <summary><c>bootdepot region</c>: runs the server.</summary>
internal static class RegionCommand
{
    public static Command Create(CommandHost host)
    {
        var data = DataOption.Create(host);
        var listen = new Option<string>("--listen")
        {
            Description = "Address to listen on. Default: $BOOTDEPOT_LISTEN, else http://[::]:5240.",
            HelpName = "URL",
            DefaultValueFactory = _ => host.Environment.GetValueOrDefault("BOOTDEPOT_LISTEN") is { Length: > 0 } url ? url : "http://[::]:5240",
        };
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
        var noProxy = new Option<string>("--no-proxy")
        {
            Description = "Hosts reached without the proxy of the setting http_proxy: names, .suffixes, addresses, CIDR ranges, with commas. Default: $no_proxy.",
            HelpName = "LIST",
            DefaultValueFactory = _ => host.Environment.GetValueOrDefault("no_proxy", ""),
        };
        var withRack = new Option<bool>("--with-rack") { Description = "Run a rack as well, for a site with one machine; it serves the region's own files." };
        var rackHttp = new Option<string>("--rack-http") { Description = "With --with-rack: address for machines over HTTP.", HelpName = "URL", DefaultValueFactory = _ => "http://[::]:5248" };
        var rackAdvertise = new Option<string?>("--rack-advertise") { Description = "With --with-rack: address by which machines reach it. Default: this host's name.", HelpName = "URL" };
        var command = new Command("region", "Run the region controller: API, imports, published stream.")
        {
            data, listen, source, keyring, noSource, noImport, ca, noProxy, withRack, rackHttp, rackAdvertise,
        };
        command.SetAction((parsed, cancel) => RunAsync(
            host,
            new Arguments(
                parsed.GetValue(data)!, parsed.GetValue(listen)!, parsed.GetValue(source), parsed.GetValue(keyring),
                parsed.GetValue(noSource), parsed.GetValue(noImport),
                [.. parsed.GetValue(ca)!.Select(host.FullPath)],
                parsed.GetValue(noProxy)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                RackHttp = parsed.GetValue(withRack) ? parsed.GetValue(rackHttp) : null,
                RackAdvertise = parsed.GetValue(rackAdvertise) is { } advertise ? RackCommand.ParseUrl("--rack-advertise", advertise) : null,
            },
            cancel));
        return command;
    }

    private sealed record Arguments(string Data, string Listen, string? Source, string? Keyring, bool NoSource, bool NoImport, string[] CaFiles, string[] NoProxy)
    {
        /// <summary>Where the rack in this process listens; null for none.</summary>
        public string? RackHttp { get; init; }

        public Uri? RackAdvertise { get; init; }
    }

    // Not inlined, so that commands which run no server load none of its code.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(CommandHost host, Arguments arguments, CancellationToken cancel)
    {
        var options = new RegionOptions
        {
            DataDirectory = arguments.Data,
            Url = arguments.Listen,
            AutoImport = !arguments.NoImport,
            Imports = new ImportOptions { CertificateFiles = arguments.CaFiles, NoProxy = arguments.NoProxy },
            DefaultSource = arguments switch
            {
                { NoSource: true } => null,
                { Source: { } url } => new DefaultSource
                {
                    Url = url,
                    Name = url,
                    Os = null,
                    Keyrings = arguments.Keyring is { } file ? [System.IO.Path.GetFullPath(file)] : [],
                },
                _ => new DefaultSource(),
            },
            Logging = ServerLog.Console,
        };
        if (new HttpSettings { CaFiles = arguments.CaFiles, NoProxy = arguments.NoProxy }.Problems() is { Count: > 0 } problems)
            throw new CommandFailure(problems[0] with { Message = string.Join("\n  ", problems.Select(p => p.Message)) });
        await using var region = await RegionHost.StartAsync(options, cancel);
        host.WriteOut($"BootDepot answers on {region.Url}MAAS/\n");
        if (region.FirstKey is { } key)
        {
            host.WriteOut($"The administrator's API key, shown this once: {key.Text}\n");
            host.WriteOut($"Another: bootdepot admin api-key admin --data {arguments.Data}\n");
        }

        await using var rack = arguments.RackHttp is { } http
            ? await LocalRack.StartAsync(arguments.Data, region.Url, http, arguments.RackAdvertise, host.Time, cancel)
            : null;
        if (rack is not null)
            host.WriteOut($"The rack {rack.SystemId} answers on {rack.Url}\n");
        if (region.FirstSignInUrl is { } first)
            host.WriteOut($"First sign-in: {first}\n");

        await region.WaitForShutdownAsync(cancel);
        return 0;
    }
}
