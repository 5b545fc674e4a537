using System;
using System.IO;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Region.Overview;

namespace BootDepot.Region.Api.Images;

/// <summary>
/// The overview as it was last rendered, for as long as nothing was committed to the catalogue. Compact, because with 10,000 images
/// every open page asks for it after each change.
/// </summary>
internal sealed class RenderedOverview(CatalogDatabase catalog, ImageOverview overview) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private Rendered? _last;

    /// <summary>The list as JSON, and an entity tag that is another one when the list is.</summary>
    public async Task<(ReadOnlyMemory<byte> Json, string Tag)> GetAsync(CancellationToken cancel)
    {
        // One at a time: pages that ask together after a change share one reading.
        await _one.WaitAsync(cancel);
        try
        {
            var mark = await catalog.ChangeMarkAsync(cancel);
            if (_last is not { } last || last.Mark != mark)
                _last = await RenderAsync(mark, cancel);
            return (_last.Json, _last.Tag);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task<Rendered> RenderAsync(long mark, CancellationToken cancel)
    {
        var rows = await overview.ReadAsync(cancel);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var row in rows)
                ImageJson.Write(json, row);
            json.WriteEndArray();
        }

        var bytes = stream.ToArray();
        return new Rendered(mark, bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..24]}\"");
    }

    private sealed record Rendered(long Mark, ReadOnlyMemory<byte> Json, string Tag);
}
