using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.BootResources;

/// <summary>
/// The list of boot resources as it was last rendered, one per generation and filter, for as long as nothing at all was
/// committed to the catalogue. With 10,000 resources reading and rendering cost more than all the rest of a request.
/// </summary>
internal sealed class RenderedLists(CatalogDatabase catalog)
{
    private readonly ConcurrentDictionary<(ApiVersion Version, ResourceKind? Kind), Rendered> _last = [];

    /// <summary>The list as JSON.</summary>
    public async Task<ReadOnlyMemory<byte>> GetAsync(ApiVersion version, ResourceKind? kind, CancellationToken cancel)
    {
        // Taken before the read: a commit in between makes the next request read again.
        var mark = await catalog.ChangeMarkAsync(cancel);
        if (_last.TryGetValue((version, kind), out var last) && last.Mark == mark)
            return last.Json;
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var rows = await ResourceList.ListAsync(db, kind, cancel);
        var json = ApiAnswer.Render(writer =>
        {
            writer.WriteStartArray();
            foreach (var row in rows)
                BootResourceJson.WriteRow(writer, row, version);
            writer.WriteEndArray();
        });
        _last[(version, kind)] = new Rendered(mark, json);
        return json;
    }

    private sealed record Rendered(long Mark, ReadOnlyMemory<byte> Json);
}
