using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>A version of an image that has certain bytes, and who vouched for them.</summary>
/// <param name="Image">Its name.</param>
/// <param name="Architecture">Its architecture and sub-architecture.</param>
/// <param name="Version">Its version.</param>
/// <param name="FileType">What the bytes are in it.</param>
/// <param name="SignedBy">Fingerprint of the vendor's key that signed the document they are named in; null for uploads and unsigned sources.</param>
/// <param name="Product">Product in the vendor's stream; null for uploads.</param>
/// <param name="Source">URL of the boot source; null for uploads and when the source is gone.</param>
/// <param name="UploadedBy">Who uploaded them; null for imports.</param>
/// <param name="IsHeld">Whether the region still has the version; otherwise this is what the audit trail tells.</param>
internal sealed record BytesOrigin(
    string Image, string Architecture, string Version, string FileType, string? SignedBy, string? Product, string? Source, string? UploadedBy, bool IsHeld);

/// <summary>
/// From what machines booted to who vouched for it: a boot's steps name the digests that were served, the catalogue (or, for what is gone,
/// the audit trail) names the versions with those bytes and the key that signed them.
/// </summary>
internal sealed class BootProvenance(CatalogDatabase catalog)
{
    // As in SetStore and UploadBeginning.
    private const string Publish = "boot-resource.publish";
    private const string Upload = "boot-resource.upload";

    // A boot reads some ten files; more are the work of somebody who plays.
    private const int MostDigests = 500;

    /// <summary>The digests that were served to a machine in a boot.</summary>
    public static IEnumerable<Digest> DigestsOf(BootRecord record) => record.Steps.Select(s => s.Digest).OfType<Digest>().Distinct();

    /// <summary>A record as the rack sent it.</summary>
    public static BootRecord Read(string document) => JsonSerializer.Deserialize(document, RackWire.Default.BootRecord)!;

    /// <summary>Where bytes come from, by digest; one that nothing is known of has an empty list.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<BytesOrigin>>> FindAsync(IEnumerable<Digest> digests, CancellationToken cancel)
    {
        var wanted = digests.Select(d => d.Hex).Distinct(StringComparer.Ordinal).Take(MostDigests).ToList();
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var sources = await db.BootSources.AsNoTracking().ToDictionaryAsync(s => s.Id, s => UrlText.WithoutPassword(s.Url), cancel);
        var held = await db.Files.AsNoTracking().Where(f => wanted.Contains(f.Sha256) && f.StoredAt != null)
            .Select(f => new
            {
                f.Sha256, f.FileType, f.Set!.Version, f.Set.SignedBy, f.Set.ProductName, f.Set.BootSourceId, f.Set.ResourceId, f.Set.Resource!.Name, f.Set.Resource.Architecture,
            })
            .ToListAsync(cancel);
        var found = new Dictionary<string, IReadOnlyList<BytesOrigin>>(StringComparer.Ordinal);
        foreach (var digest in wanted)
        {
            var origins = new List<BytesOrigin>();
            foreach (var f in held.Where(f => f.Sha256 == digest))
            {
                origins.Add(new BytesOrigin(
                    f.Name, f.Architecture, f.Version, f.FileType, f.SignedBy, f.ProductName, f.BootSourceId is { } id ? sources.GetValueOrDefault(id) : null,
                    f.ProductName is null ? await UploaderOrNullAsync(db, f.ResourceId, f.Version, cancel) : null, IsHeld: true));
            }

            if (origins.Count == 0)
                origins.AddRange(await RememberedAsync(db, digest, sources, cancel));
            found[digest] = origins;
        }

        return found;
    }

    private static async Task<string?> UploaderOrNullAsync(CatalogContext db, int resource, string version, CancellationToken cancel)
    {
        var subject = FormattableString.Invariant($"boot-resource/{resource}");
        var uploads = await db.Events.AsNoTracking().Where(e => e.Subject == subject && e.Action == Upload && e.After != null)
            .OrderByDescending(e => e.Id).Select(e => new { e.Actor, e.After }).ToListAsync(cancel);
        return uploads.Find(u => TextOrNull(JsonDocument.Parse(u.After!).RootElement, "version") == version)?.Actor;
    }

    // The version is gone: what the trail said when it became visible.
    private static async Task<List<BytesOrigin>> RememberedAsync(
        CatalogContext db, string digest, Dictionary<int, string?> sources, CancellationToken cancel)
    {
        var events = await db.Events.AsNoTracking().Where(e => e.Action == Publish && e.After!.Contains(digest)).OrderByDescending(e => e.Id).Take(10)
            .Select(e => e.After!).ToListAsync(cancel);
        return [.. events.Select(e => OriginOf(JsonDocument.Parse(e).RootElement, digest, sources))];
    }

    private static BytesOrigin OriginOf(JsonElement facts, string digest, Dictionary<int, string?> sources) => new(
        TextOrNull(facts, "name") ?? "",
        TextOrNull(facts, "architecture") ?? "",
        TextOrNull(facts, "version") ?? "",
        facts.GetProperty("files").EnumerateArray().Where(f => TextOrNull(f, "sha256") == digest).Select(f => TextOrNull(f, "type")).FirstOrDefault() ?? "",
        TextOrNull(facts, "signed_by"),
        TextOrNull(facts, "product"),
        facts.TryGetProperty("boot_source_id", out var id) ? sources.GetValueOrDefault(id.GetInt32()) : null,
        null,
        IsHeld: false);

    private static string? TextOrNull(JsonElement facts, string name) => facts.TryGetProperty(name, out var value) ? value.GetString() : null;
}
