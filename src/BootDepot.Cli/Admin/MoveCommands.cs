using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Moving;
using BootDepot.Catalog;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Region;

namespace BootDepot.Cli.Admin;

/// <summary><c>bootdepot admin move-database</c> and <c>move-blobs</c>: from what one configuration names to what another one does.</summary>
internal static class MoveCommands
{
    public static Command Database(CommandHost host)
    {
        var region = new RegionPlace();
        var to = To();
        var command = new Command(
            "move-database", "Copy the catalogue into the empty database that another configuration names, and compare the two. Stop the regions first.")
        {
            region.Data, region.Config, to,
        };
        command.SetAction((p, cancel) => MoveDatabaseAsync(host, region.Read(host, p), Target(host, p.GetValue(to)!), cancel));
        return command;
    }

    public static Command Blobs(CommandHost host)
    {
        var region = new RegionPlace();
        var to = To();
        var command = new Command(
            "move-blobs", "Copy all image bytes into the store that another configuration names, each verified by its digest. Regions may run; repeat it to go on.")
        {
            region.Data, region.Config, to,
        };
        command.SetAction((p, cancel) => MoveBlobsAsync(host, region.Read(host, p), Target(host, p.GetValue(to)!), cancel));
        return command;
    }

    private static Option<string> To() => new("--to") { Description = "Configuration file of the region as it is to be.", HelpName = "FILE", Required = true };

    private static RegionConfiguration Target(CommandHost host, string file) => RegionConfiguration.Read(host, file, []);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> MoveDatabaseAsync(CommandHost host, RegionConfiguration from, RegionConfiguration to, CancellationToken cancel)
    {
        if (from.Catalog.Place == to.Catalog.Place)
            throw new CommandFailure(new("move-nowhere", $"Both configurations name the same catalogue, {to.Catalog.Place}."));
        using var source = await AdminCommand.OpenAsync(from, cancel);
        Directory.CreateDirectory(to.Data);
        using var target = new CatalogDatabase(to.Catalog);
        await target.EnsureReadyAsync(cancel);
        var tables = await CatalogCopy.CopyAsync(source, target, cancel);
        foreach (var table in tables.Where(t => t.Rows > 0))
            host.WriteOut(string.Create(CultureInfo.InvariantCulture, $"{table.Rows,10} {table.Table}\n"));
        host.WriteOut($"{to.Catalog.Place} holds the same as {from.Catalog.Place}.\n");
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> MoveBlobsAsync(CommandHost host, RegionConfiguration from, RegionConfiguration to, CancellationToken cancel)
    {
        if (from.Blobs.ToString() == to.Blobs.ToString() && (from.Blobs is not Region.Hosting.BlobStorage.InFiles || from.Data == to.Data))
            throw new CommandFailure(new("move-nowhere", $"Both configurations name the same blob store, {to.Blobs}."));
        var source = from.Blobs.Open(new DataFolder(from.Data), from.Catalog, host.Time);
        await using var closingSource = source as IAsyncDisposable;
        var target = to.Blobs.Open(new DataFolder(to.Data), to.Catalog, host.Time);
        await using var closingTarget = target as IAsyncDisposable;
        var report = await BlobMove.RunAsync(source, target, blob => host.WriteOut($"{blob.Digest.Hex} {ByteSize.Text(blob.Size)}\n"), cancel);
        host.WriteOut(string.Create(CultureInfo.InvariantCulture, $"{report.Blobs} blobs are in {to.Blobs}; {report.Copied} were copied now ({ByteSize.Text(report.Bytes)}).\n"));
        foreach (var digest in report.Damaged)
            await host.Error.WriteLineAsync($"{digest.Hex} is damaged in {from.Blobs} and was not copied; an import fetches it anew.");
        return report.Damaged.Count == 0 ? 0 : 1;
    }
}
