using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Imports.Progress;
using BootDepot.Region.Imports.Sources;
using BootDepot.Region.Lifetimes;
using BootDepot.Simplestreams;
using BootDepot.Transfers.Bundles;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Imports.Bundles;

/// <summary>What importing a bundle came to.</summary>
/// <param name="Copied">Blobs that were copied in this run.</param>
/// <param name="CopiedBytes">Their bytes.</param>
/// <param name="Run">The import that made them visible.</param>
internal sealed record BundleImportReport(int Copied, long CopiedBytes, ImportProgress Run);

/// <summary>
/// Imports a bundle without a network: its documents are tried, its blobs copied into the store, and then an ordinary import runs whose
/// network is the bundle. Nothing is visible before that, and a run that was cut off goes on where it was.
/// </summary>
internal sealed class BundleImport(CatalogDatabase catalog, IBlobStore blobs, DataFolder data, TimeProvider time)
{
    private readonly ImportOptions _options = new();

    /// <summary>Imports.</summary>
    /// <param name="bundle">Its manifest is verified.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="progress">Told of the bytes of blobs that are there, of all; null when nobody wants to know.</param>
    /// <param name="cancel">Stops it; what was copied stays.</param>
    public async Task<Outcome<BundleImportReport>> RunAsync(Bundle bundle, Actor actor, Action<long, long>? progress, CancellationToken cancel)
    {
        var source = new BundleSource(catalog, bundle, time);
        var facts = await source.FindAsync(cancel);
        using var wire = await BundleWire.OfAsync(bundle, StreamLocation.Parse(facts.Url), cancel);
        await using var services = await ServicesAsync(wire, null, cancel);
        using (var sender = await services.GetRequiredService<ImportHttp>().OpenAsync(cancel))
        {
            var trial = await services.GetRequiredService<SourceReadings>().TryAsync(sender, facts, cancel);
            if (trial.FaultOrNull is { } fault)
                return fault;
        }

        if (await MissingFaultOrNullAsync(bundle, cancel) is { } missing)
            return missing;
        var copied = await services.GetRequiredService<ExclusiveWork>().RunAsync(
            token => new BundleCopy(bundle, blobs, _options.SpaceReserve).RunAsync(progress, token), cancel);
        if (copied is not Outcome<BundleCopyReport>.Done { Value: var report })
            return ((Outcome<BundleCopyReport>.Refused)copied).Fault;
        if (report.Fault is { } damaged)
            return damaged;
        var id = await source.EnsureAsync(actor, cancel);
        var run = await ImportAsync(bundle, wire, id, actor, cancel);
        await KeepDocumentsAsync(bundle, cancel);
        return new BundleImportReport(report.Blobs, report.Bytes, run);
    }

    private async Task<ImportProgress> ImportAsync(Bundle bundle, BundleWire wire, int source, Actor actor, CancellationToken cancel)
    {
        var carried = bundle.Manifest.Blobs.Select(b => b.Digest).ToHashSet();
        var scope = new SourceScope(source, image => image.Files.All(f => carried.Contains(f.Digest)));
        await using var services = await ServicesAsync(wire, scope, cancel);
        return await services.GetRequiredService<ImportControl>().RunAloneAsync("bundle", actor.Name, cancel);
    }

    // What was left out because the site was said to have it must be there.
    private async Task<Fault?> MissingFaultOrNullAsync(Bundle bundle, CancellationToken cancel)
    {
        var missing = new List<BundleBlob>();
        foreach (var blob in bundle.Manifest.Blobs.Where(b => b.Offset is null))
        {
            if (await blobs.SizeOrNullAsync(blob.Digest, cancel) is null)
                missing.Add(blob);
        }

        return missing.Count == 0
            ? null
            : new Fault(
                BundleErrors.BlobsMissing,
                $"The bundle leaves out {missing.Count} files that this region does not have, the first is {missing[0].Sha256} ({missing[0].Path} of {missing[0].Image}). "
                + "Nothing was changed. Write what the region has anew (bootdepot bundle manifest), and export for that.");
    }

    /// <summary>Keeps, beside the catalogue, what the images were signed with, so that anybody can verify it later.</summary>
    private async Task KeepDocumentsAsync(Bundle bundle, CancellationToken cancel)
    {
        var folder = Path.Combine(data.Bundles, bundle.Id.Hex);
        await WriteAsync(Path.Combine(folder, "manifest.sjson"), bundle.SignedManifest, cancel);
        foreach (var document in bundle.Manifest.Documents)
            await WriteAsync(Path.Combine(folder, StreamPath.Parse(document.Path).Value), await bundle.ReadDocumentAsync(document, cancel), cancel);
    }

    private static async Task WriteAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file + ".new", bytes, cancel);
        File.Move(file + ".new", file, overwrite: true);
    }

    private async Task<ServiceProvider> ServicesAsync(BundleWire wire, SourceScope? scope, CancellationToken cancel)
    {
        var clock = new DatabaseClock(catalog, time);
        await clock.MeasureAsync(cancel);
        var services = new ServiceCollection();
        services.AddSingleton(catalog);
        services.AddSingleton(blobs);
        services.AddSingleton(time);
        services.AddSingleton(new ChangeSignal());
        services.AddSingleton(new Leases(catalog, clock));
        services.AddImports(_options);
        services.AddSingleton<ExclusiveWork>();
        services.AddSingleton(s => new ImportHttp(catalog, s.GetRequiredService<SettingsStore>(), _options, time) { Wire = wire });
        services.AddSingleton(s => new SourceReadings(catalog, s.GetRequiredService<DocumentMemory>(), _options, time) { Scope = scope });
        return services.BuildServiceProvider();
    }
}
