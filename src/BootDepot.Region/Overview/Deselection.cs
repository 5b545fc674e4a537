using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Images;

namespace BootDepot.Region.Overview;

/// <summary>Takes one image out of the selections of a source, where that leaves the others as they are.</summary>
internal static class Deselection
{
    /// <summary>Why an image cannot be taken out of what a source has selected; null when it can.</summary>
    public static Fault? FaultOrNull(BootSource source, ImageName name, string arch, List<ImageRow> all)
    {
        if (source.Selections.Count == 0)
        {
            return new Fault("image-selected-by-all",
                $"The source {source.Name} has no selections, so it brings everything that it offers. Select from it what you want, then this image goes by itself.");
        }

        var wild = source.Selections.FirstOrDefault(s => (s.Os is "" or "*" || s.Os == name.Os) && (s.Release is "" or "*" || s.Release == name.Release)
            && (s.Os != name.Os || s.Release != name.Release || s.Arches.Contains("*")) && (s.Arches.Contains("*") || s.Arches.Contains(arch)));
        if (wild is not null)
        {
            return new Fault("image-selected-by-wildcard",
                $"The selection {Word(wild.Os)}/{Word(wild.Release)} {string.Join(",", wild.Arches)} of the source {source.Name} would bring it back. Narrow that selection first.");
        }

        // A source without selections brings everything: the last one must not go unnoticed.
        var going = all.Where(r => r.SelectedBy.Contains(source.Id)).Select(r => r.Name + ":" + r.Arch).Append($"{name}:{arch}").ToHashSet(StringComparer.Ordinal);
        // A selection without architectures takes nothing, and stays.
        var isLast = source.Selections.All(s => s.Arches.Count > 0 && s.Arches.All(a => going.Contains($"{s.Os}/{s.Release}:{a}")));
        return isLast
            ? new Fault("image-selected-last",
                $"Nothing would remain selected from the source {source.Name}, and a source without selections brings everything. Disable or delete the source instead.")
            : null;
    }

    /// <summary>Takes it out. False when it was not selected by name.</summary>
    public static bool Apply(CatalogContext db, BootSource source, ImageName name, string arch, Actor actor, TimeProvider time)
    {
        var changed = false;
        foreach (var selection in source.Selections.Where(s => s.Os == name.Os && s.Release == name.Release && s.Arches.Contains(arch)).ToList())
        {
            var rest = selection.Arches.Where(a => a != arch).ToList();
            var subject = $"boot-source/{source.Id}/selection/{selection.Id}";
            var before = new JsonObject { ["os"] = selection.Os, ["release"] = selection.Release, ["arches"] = string.Join(",", selection.Arches) };
            selection.Arches = rest;
            selection.Updated = time.GetUtcNow();
            if (rest.Count == 0)
                db.Selections.Remove(selection);
            AuditTrail.Append(
                db, time, actor, rest.Count == 0 ? "boot-source-selection.delete" : "boot-source-selection.update", subject, before,
                rest.Count == 0 ? null : new JsonObject { ["os"] = selection.Os, ["release"] = selection.Release, ["arches"] = string.Join(",", rest) });
            changed = true;
        }

        return changed;
    }

    private static string Word(string text) => text.Length == 0 ? "*" : text;
}
