using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Imports;
using BootDepot.Region.Imports.Sources;

namespace BootDepot.Region.Sources;

/// <summary>What a source was found to be, before it is saved.</summary>
/// <param name="Fault">Why it cannot be used; null when it can.</param>
/// <param name="SignedBy">Fingerprint of the key that signed its index; null when unsigned.</param>
/// <param name="Images">What it offers, boot loaders included.</param>
/// <param name="Problems">What else was noticed.</param>
internal sealed record SourceTrialResult(Fault? Fault, string? SignedBy, IReadOnlyList<SourceTrialImage> Images, IReadOnlyList<Problem> Problems);

/// <summary>A release that a source offers.</summary>
internal sealed record SourceTrialImage(string Name, string Title, IReadOnlyList<string> Arches, string Newest, bool IsBootloader);

/// <summary>Reads a source as an import would, and keeps nothing of it.</summary>
internal sealed class SourceTrial(CatalogDatabase catalog, SourceReadings readings, ImportHttp http, TimeProvider time)
{
    /// <summary>Tries it. What is wrong with the form itself is in <paramref name="errors"/>, and the answer is null then.</summary>
    /// <param name="draft">What the source shall be.</param>
    /// <param name="id">The source that is edited, whose members count where the draft has none; null for a new one.</param>
    /// <param name="errors">What is known to be wrong already.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<SourceTrialResult?> RunAsync(SourceDraft draft, int? id, FieldErrors errors, CancellationToken cancel)
    {
        var source = await FindAsync(id, cancel) ?? new BootSource { Url = "", Name = "" };
        SourceRules.Apply(draft, source, errors);
        if (!errors.IsEmpty)
            return null;
        using var sender = await http.OpenAsync(cancel);
        var reading = await readings.TryAsync(sender, new SourceFacts
        {
            Id = 0,
            Url = source.Url,
            Priority = source.Priority,
            Enabled = true,
            SkipVerification = source.SkipKeyringVerification,
            KeyringFilename = source.KeyringFilename,
            KeyringData = source.KeyringData,
            Updated = time.GetUtcNow(),
            HadProblem = false,
            Selections = [],
            Documents = new Dictionary<string, StoredDocument>(StringComparer.Ordinal),
        }, cancel);
        return new SourceTrialResult(reading.FaultOrNull, reading.SignedBy, [.. Images(reading)], reading.Problems);
    }

    private async Task<BootSource?> FindAsync(int? id, CancellationToken cancel)
    {
        if (id is null)
            return null;
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.BootSources.FindAsync([id.Value], cancel);
    }

    private static IEnumerable<SourceTrialImage> Images(SourceReading reading) =>
        reading.Images.GroupBy(i => i.Key.Name.ToString(), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new SourceTrialImage(
                g.Key,
                g.First().ReleaseTitle,
                [.. g.Select(i => i.Key.Architecture.Arch).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                g.Select(i => i.Version.ToString()).Max(StringComparer.Ordinal)!,
                g.First().IsBootloader));
}
