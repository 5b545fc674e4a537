using System;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Imports;
using BootDepot.Catalog.Sources;
using BootDepot.Region.Hosting;
using BootDepot.Region.Imports;
using BootDepot.Region.Imports.Progress;
using BootDepot.Simplestreams.Documents;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Imports;

/// <summary>A region imports what another region publishes, verified with that region's key.</summary>
public sealed class MirrorOfMirrorTests
{
    [Fact]
    public async Task A_region_imports_from_another_one_byte_by_byte()
    {
        await using var upstream = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        stream.AddUbuntu(upstream);
        stream.AddLoader(upstream);
        stream.Publish(upstream);
        await using var first = await RegionFixture.StartAsync(Alone);
        await using var second = await RegionFixture.StartAsync(Alone);

        await AddSourceAsync(first, upstream.Url, stream.Keyring);
        (await ImportAsync(first)).State.ShouldBe(ImportState.Done);
        var keyring = await first.Http.GetByteArrayAsync("/MAAS/images-stream/streams/v1/keyring.gpg");
        await AddSourceAsync(second, new Uri(first.Host.Url, "/MAAS/images-stream/").AbsoluteUri, keyring);
        var progress = await ImportAsync(second);
        progress.State.ShouldBe(ImportState.Done, string.Join('\n', progress.Problems));

        (await SetsAsync(second)).ShouldBe(await SetsAsync(first));
        foreach (var item in await ItemsAsync(second))
        {
            var bytes = await second.Http.GetByteArrayAsync("/MAAS/images-stream/" + item["path"]);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(item["sha256"]);
        }

        await using var context = await second.Get<CatalogDatabase>().CreateDbContextAsync();
        (await context.Sets.FirstAsync(s => s.ProductName!.Contains(":v3:"))).ProductTags.ShouldContain("x_unknown", customMessage: "what we do not know survives");
    }

    private static RegionOptions Alone(RegionOptions options) => options with { DefaultSource = null, AutoImport = false };

    private static Task AddSourceAsync(RegionFixture region, string url, byte[] keyring) =>
        region.Get<CatalogDatabase>().ChangeAsync(
            (context, _) =>
            {
                context.BootSources.Add(new BootSource { Url = url, Name = url, Priority = 1, KeyringData = keyring });
                return Task.CompletedTask;
            },
            CancellationToken.None);

    private static async Task<ImportProgress> ImportAsync(RegionFixture region)
    {
        var control = region.Get<ImportControl>();
        await control.StartAsync("manual", "admin", CancellationToken.None);
        await ImportFixture.WaitAsync(() => !control.IsImportingHere);
        return control.ProgressOrNull()!;
    }

    private static async Task<string> SetsAsync(RegionFixture region)
    {
        await using var context = await region.Get<CatalogDatabase>().CreateDbContextAsync();
        var files = await context.Files.Where(f => f.Set!.CompletedAt != null).OrderBy(f => f.Sha256)
            .Select(f => $"{f.Set!.Resource!.Name} {f.Set.Resource.Architecture} {f.Set.Version} {f.Filename} {f.FileType} {f.Sha256} {f.Size}")
            .ToListAsync();
        files.Count.ShouldBeGreaterThan(4);
        return string.Join('\n', files);
    }

    private static async Task<FlatItem[]> ItemsAsync(RegionFixture region)
    {
        var index = DocumentReader.ReadIndex(await region.Http.GetByteArrayAsync("/MAAS/images-stream/streams/v1/index.json"));
        var items = new System.Collections.Generic.List<FlatItem>();
        foreach (var entry in index.Entries.Values)
        {
            var document = DocumentReader.ReadProducts(await region.Http.GetByteArrayAsync("/MAAS/images-stream/" + entry.PathText));
            items.AddRange(document.Flatten());
        }

        return [.. items];
    }
}
