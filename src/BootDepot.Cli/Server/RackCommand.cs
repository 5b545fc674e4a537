using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Images;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Tree;
using BootDepot.Transfers.Http;

namespace BootDepot.Cli.Server;

/// <summary><c>bootdepot rack</c>: runs a site's copy of a region's images and the servers that machines boot from.</summary>
internal static class RackCommand
{
    public static Command Create(CommandHost host)
    {
        var data = DataOption.CreateForRack(host);
        var region = new Option<string>("--region")
        {
            Description = "The region: http://HOST:5240/MAAS/. Several addresses of one region with commas: the first that answers is used.",
            HelpName = "URL[,URL]",
            Required = true,
        };
        var token = new Option<string?>("--token") { Description = "Enrolment token, needed once: what 'bootdepot admin rack-token' prints.", HelpName = "TOKEN" };
        var tokenFile = new Option<string?>("--token-file") { Description = "File with that token, which other users of this machine need not see.", HelpName = "FILE" };
        var machines = new MachineFlags("--", "");
        var peer = new Option<string[]>("--peer") { Description = "A rack of the same site, asked for a file before the region; repeatable.", HelpName = "URL", DefaultValueFactory = _ => [] };
        var oldTree = new Option<bool>("--tree-without-os") { Description = "Lay the tree out as MAAS 1.5 did, ARCH/SUBARCH/RELEASE/LABEL." };
        var user = new Option<string?>("--user") { Description = "User to become once the ports are taken. Default, when started as root: bootdepot, where there is that user.", HelpName = "NAME" };
        var ca = new Option<string[]>("--ca") { Description = "PEM file with certificate authorities that the region may use besides the system's; repeatable.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var command = new Command("rack", "Run a rack: a site's verified copy of a region's images, for machines to boot from.")
        {
            region, data, token, tokenFile, peer, oldTree, user, ca,
        };
        machines.AddTo(command);
        command.SetAction((p, cancel) => RunAsync(
            host,
            () => machines.Apply(host, p, new RackOptions
            {
                DataDirectory = p.GetValue(data)!,
                Regions = [.. p.GetValue(region)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(u => ParseUrl("--region", u))],
                Token = TokenOrNull(host, p.GetValue(token), p.GetValue(tokenFile)),
                Peers = [.. p.GetValue(peer)!.Select(u => ParseUrl("--peer", u))],
                Layout = p.GetValue(oldTree) ? TreeLayout.WithoutOs : TreeLayout.WithOs,
                User = p.GetValue(user) ?? UsualUserOrNull(host),
                Outgoing = new HttpSettings { CaFiles = [.. p.GetValue(ca)!.Select(host.FullPath)] },
                Logging = ServerLog.Console,
            }),
            cancel));
        return command;
    }

    // Not inlined, so that commands which run no server load none of its code.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(CommandHost host, Func<RackOptions> read, CancellationToken cancel)
    {
        var options = read();
        using var telemetry = Telemetry.StartOrNull(host, "bootdepot-rack");
        try
        {
            await using var rack = await RackHost.StartAsync(options, cancel);
            Say(host, rack);
            await rack.WaitForShutdownAsync(cancel);
            return 0;
        }
        catch (RackException e)
        {
            throw new CommandFailure(e.Fault);
        }
    }

    public static void Say(CommandHost host, RackHost rack) =>
        host.WriteOut($"The rack {rack.SystemId} answers on {rack.Url}{(rack.Tftp is { } tftp ? $" and over TFTP on {tftp}" : "")}\n");

    // Who means to keep root says so: --user root.
    private static string? UsualUserOrNull(CommandHost host)
    {
        if (!Privileges.AreRoot)
            return null;
        if (Privileges.IsUser(Privileges.UsualUser))
            return Privileges.UsualUser;
        host.Error.WriteLine($"The rack keeps root: there is no user '{Privileges.UsualUser}' on this machine. Name one with --user.");
        return null;
    }

    private static string? TokenOrNull(CommandHost host, string? token, string? file) =>
        token ?? (file is not null && File.Exists(host.FullPath(file)) ? File.ReadAllText(host.FullPath(file)).Trim() : null);

    internal static Uri ParseUrl(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Uri(url.AbsoluteUri.TrimEnd('/') + "/")
            : throw new CommandFailure(new Fault("option-invalid", $"{option} needs an http or https URL, not '{text}'."));
}
