using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Cli.Admin;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Images;
using BootDepot.Region;
using BootDepot.Region.Imports.Bundles;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers.Bundles;

namespace BootDepot.Cli.Bundles;

/// <summary><c>bootdepot bundle</c>: images for sites without a network, in a signed file.</summary>
internal static class BundleCommand
{
    public static Command Create(CommandHost host) => new("bundle", "Carry images to sites without a network, in one signed file.")
    {
        ExportCommand.Create(host), Verify(host), Import(host), Manifest(host),
    };

    private static Argument<string[]> Files() => new("FILE")
    {
        Description = "The bundle: one file, the name that its parts have in common, or all parts.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static Command Verify(CommandHost host)
    {
        var files = Files();
        var keyring = new Option<string?>("--keyring") { Description = "Keyring that must have signed it; without, bytes are compared with the manifest, and the manifest is trusted.", HelpName = "FILE" };
        var command = new Command("verify", "Read a bundle whole, and name everything that is wrong with it.") { files, keyring };
        command.SetAction((p, cancel) => VerifyAsync(host, p.GetValue(files)!, p.GetValue(keyring), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> VerifyAsync(CommandHost host, string[] files, string? keyring, CancellationToken cancel)
    {
        using var bundle = await OpenAsync(host, files, keyring, cancel);
        var wrong = 0;
        await foreach (var fault in bundle.VerifyAsync(null, cancel))
        {
            wrong++;
            await host.Error.WriteLineAsync($"{host.ProgramName}: {fault.Message} [{fault.Code}]");
        }

        if (wrong > 0)
            return CommandFailure.Failed;
        var blobs = bundle.Manifest.Blobs;
        host.WriteOut(string.Create(
            CultureInfo.InvariantCulture,
            $"{blobs.Count(b => b.Offset is not null)} files are good, {ByteSize.Text(bundle.Layout.Size)} in all; {blobs.Count(b => b.Offset is null)} are left out because the site has them.\n"
            + $"From {bundle.Manifest.Source}, {(bundle.Signature is { } by ? $"signed by {by.PrimaryKey.Hex}" : "signature not looked at: --keyring")}\n"));
        foreach (var image in blobs.Select(b => b.Image).Distinct(StringComparer.Ordinal))
            host.WriteOut(image + "\n");
        return 0;
    }

    private static Command Import(CommandHost host)
    {
        var region = new RegionPlace();
        var files = Files();
        var keyring = new Option<string>("--keyring") { Description = "Keyring that must have signed the bundle.", HelpName = "FILE", Required = true };
        var command = new Command("import", "Take the images of a bundle into the region of this data directory, while it runs or not; no network is used.") { files, keyring, region.Data, region.Config };
        command.SetAction((p, cancel) => ImportAsync(host, region.Read(host, p), p.GetValue(files)!, p.GetValue(keyring)!, cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ImportAsync(CommandHost host, RegionConfiguration region, string[] files, string keyring, CancellationToken cancel)
    {
        using var bundle = await OpenAsync(host, files, keyring, cancel);
        using var catalog = await AdminCommand.OpenAsync(region, cancel);
        var data = new DataFolder(region.Data);
        var import = new BundleImport(catalog, region.Blobs.Open(data, region.Catalog, host.Time), data, host.Time);
        var line = new CopyLine(host);
        var report = AdminCommand.Take(await import.RunAsync(bundle, new Actor("local-admin"), line.Show, cancel));
        line.End();
        var errors = report.Run.Problems.Where(p => p.Level == ProblemLevel.Error).ToList();
        foreach (var problem in report.Run.Problems.Where(p => p.Level != ProblemLevel.Note))
            await host.Error.WriteLineAsync($"{host.ProgramName}: {problem.Subject}: {problem.Fault.Message} [{problem.Fault.Code}]");
        host.WriteOut(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Copied} files copied, {ByteSize.Text(report.CopiedBytes)}; {report.Run.PublishedSets} image versions added.\n"));
        return errors.Count == 0 && report.Run.State == Catalog.Imports.ImportState.Done ? 0 : CommandFailure.Failed;
    }

    private static Command Manifest(CommandHost host)
    {
        var region = new RegionPlace();
        var command = new Command("manifest", "Write which files of images a region has to standard output, for 'bundle export --lacking'.") { region.Data, region.Config };
        command.SetAction((p, cancel) => ManifestAsync(host, region.Read(host, p), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ManifestAsync(CommandHost host, RegionConfiguration region, CancellationToken cancel)
    {
        using var catalog = await AdminCommand.OpenAsync(region, cancel);
        await using var text = new StreamWriter(host.Out, leaveOpen: true);
        await SiteManifest.WriteAsync(catalog, text, cancel);
        return 0;
    }

    private static async Task<Bundle> OpenAsync(CommandHost host, string[] files, string? keyring, CancellationToken cancel) => await Bundle.OpenAsync(
        [.. files.Select(host.FullPath)],
        keyring is null ? null : Keyring.Parse(await KeyringFile.ReadAsync(host.FullPath(keyring), cancel)),
        new VerificationPolicy(host.Time.GetUtcNow()),
        cancel);
}

/// <summary>How far a copy is, in one line that is drawn over; on something that is no terminal, nothing.</summary>
internal sealed class CopyLine(CommandHost host)
{
    private long _shown = -1;

    public void Show(long done, long all)
    {
        if (!host.IsErrorTerminal || done * 100 / long.Max(1, all) is var percent && percent == _shown)
            return;
        _shown = done * 100 / long.Max(1, all);
        host.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{ByteSize.Text(done)} of {ByteSize.Text(all)}, {_shown} %   "));
    }

    public void End()
    {
        if (_shown >= 0)
            host.Error.WriteLine();
    }
}
