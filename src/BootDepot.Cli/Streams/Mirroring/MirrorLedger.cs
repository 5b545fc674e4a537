using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Streams.Building;

namespace BootDepot.Cli.Streams.Mirroring;

/// <summary>A file that an earlier run put into the mirror, and for what.</summary>
internal sealed record MirroredFile(string ContentId, string Product, string Version, string Path, string Sha256);

/// <summary>
/// What the mirror has: <c>.bootdepot/ledger.json</c> in its folder. Runs with other filters add to it and take nothing away, so
/// that two runs into one folder do not undo each other; only versions that <c>--max</c> supersedes leave.
/// </summary>
internal sealed class MirrorLedger(StreamFolder folder)
{
    private const string File = ".bootdepot/ledger.json";

    public async Task<IReadOnlyList<MirroredFile>> ReadAsync(CancellationToken cancel)
    {
        var path = folder.PathOf(File);
        if (!System.IO.File.Exists(path))
            return [];
        await using var stream = System.IO.File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync(stream, LedgerJson.Default.ListMirroredFile, cancel) ?? [];
    }

    public Task WriteAsync(IEnumerable<MirroredFile> files, CancellationToken cancel) => folder.WriteAsync(
        File,
        JsonSerializer.SerializeToUtf8Bytes(
            files.OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Product, StringComparer.Ordinal).ToList(),
            LedgerJson.Default.ListMirroredFile),
        cancel);

    /// <summary>What stays, and what goes because <paramref name="chosen"/> has newer versions of the same product.</summary>
    public static (List<MirroredFile> Stay, List<MirroredFile> Go) Supersede(
        IReadOnlyList<MirroredFile> present, IReadOnlyList<MirroredFile> chosen, bool removeOthers)
    {
        var versions = chosen.GroupBy(f => (f.ContentId, f.Product)).ToDictionary(g => g.Key, g => g.Select(f => f.Version).ToHashSet(StringComparer.Ordinal));
        bool IsSuperseded(MirroredFile file) =>
            removeOthers && versions.TryGetValue((file.ContentId, file.Product), out var kept) && !kept.Contains(file.Version);
        var stay = present.Where(f => !IsSuperseded(f)).Concat(chosen).Distinct().ToList();
        var needed = stay.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        return (stay, present.Where(f => IsSuperseded(f) && !needed.Contains(f.Path)).DistinctBy(f => f.Path, StringComparer.Ordinal).ToList());
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<MirroredFile>))]
internal sealed partial class LedgerJson : JsonSerializerContext;
