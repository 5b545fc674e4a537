using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Settings;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Region;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports;
using BootDepot.Region.Lifetimes;

namespace BootDepot.Cli.Admin;

/// <summary><c>bootdepot admin gc</c> and <c>scrub</c>: work on the stored bytes, while the region runs or not.</summary>
internal static class StoreCommands
{
    public static Command Collect(CommandHost host)
    {
        var region = new RegionPlace();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be removed." };
        var command = new Command("gc", "Remove stored bytes that nothing refers to and whose grace period is over.") { region.Data, region.Config, dryRun };
        command.SetAction((p, cancel) => CollectAsync(host, region.Read(host, p), p.GetValue(dryRun), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> CollectAsync(CommandHost host, RegionConfiguration region, bool dryRun, CancellationToken cancel)
    {
        using var catalog = await AdminCommand.OpenAsync(region, cancel);
        var options = new ImportOptions();
        var collection = new BlobCollection(catalog, region.Blobs.Open(new DataFolder(region.Data), region.Catalog, host.Time), options, host.Time);
        var clock = new DatabaseClock(catalog, host.Time);
        await clock.MeasureAsync(cancel);
        var work = new ExclusiveWork(new ProcessLeases(new Leases(catalog, clock)), options, host.Time);
        var report = dryRun
            ? await collection.RunAsync(dryRun: true, cancel)
            : AdminCommand.Take(await work.RunAsync(token => collection.RunAsync(dryRun: false, token), cancel));
        host.WriteOut(string.Create(
            CultureInfo.InvariantCulture,
            $"{(dryRun ? "Would remove" : "Removed")} {report.Blobs} blobs ({ByteSize.Text(report.Bytes)}) and {report.Partials} unfinished transfers; "
            + $"{report.WaitingBlobs} blobs ({ByteSize.Text(report.WaitingBytes)}) wait for the end of their grace period.\n"));
        return 0;
    }

    public static Command Scrub(CommandHost host)
    {
        var region = new RegionPlace();
        var rate = new Option<int?>("--rate") { Description = "Mebibytes per second at most. Default: the setting scrub_mebibytes_per_second.", HelpName = "MIB" };
        var command = new Command("scrub", "Read all stored bytes again; put aside what is wrong. Exit code 2 when something was.") { region.Data, region.Config, rate };
        command.SetAction((p, cancel) => ScrubAsync(host, region.Read(host, p), p.GetValue(rate), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ScrubAsync(CommandHost host, RegionConfiguration region, int? rate, CancellationToken cancel)
    {
        using var catalog = await AdminCommand.OpenAsync(region, cancel);
        var folder = new DataFolder(region.Data);
        var settings = new SettingsStore(catalog, host.Time, new RegionSettings());
        var scrub = new BlobScrub(catalog, region.Blobs.Open(folder, region.Catalog, host.Time), folder, new ChangeSignal(), host.Time);
        var result = await scrub.RunAsync(
            async token => BlobScrub.BytesPerSecond(rate ?? (await settings.GetAsync(token)).ScrubMebibytesPerSecond), cancel);
        foreach (var damaged in result.Found)
            await host.Error.WriteLineAsync($"{damaged.Problem}: {damaged.Sha256} of {(damaged.UsedBy.Length == 0 ? "nothing" : damaged.UsedBy)}");
        host.WriteOut(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Run.Blobs} blobs ({ByteSize.Text(result.Run.Bytes)}) read, {result.Run.Damaged} wrong.\n"));
        if (result.Found.Count == 0)
            return 0;
        host.WriteOut("The region fetches them again from their sources within the hour; what was uploaded has to be uploaded again.\n");
        return CommandFailure.Failed;
    }
}
