using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace BootDepot.FakeMaas;

/// <summary>JSON documents in the shape of each age.</summary>
internal static class Documents
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 4 };

    public static string Text(object? value) => JsonSerializer.Serialize(value, Indented);

    public static Dictionary<string, object?> Source(FakeSource s, MaasEra era)
    {
        var d = new Dictionary<string, object?>
        {
            ["id"] = s.Id,
            ["url"] = s.Url,
            ["keyring_filename"] = s.KeyringFilename,
            ["keyring_data"] = Convert.ToBase64String(s.KeyringData),
            ["created"] = era == MaasEra.V38 ? "2026-02-03T04:05:06Z" : "2026-02-03T04:05:06.789",
            ["updated"] = era == MaasEra.V38 ? "2026-02-03T04:05:06.789012Z" : "2026-02-03T04:05:06.789",
            ["resource_uri"] = $"/MAAS/api/2.0/boot-sources/{s.Id}/",
        };
        if (era >= MaasEra.V38)
        {
            d["name"] = s.Name;
            d["priority"] = s.Priority;
            d["enabled"] = s.Enabled;
            d["skip_keyring_verification"] = s.SkipVerification;
        }

        return d;
    }

    public static Dictionary<string, object?> Selection(FakeSource source, FakeSelection s) => new()
    {
        ["id"] = s.Id,
        ["boot_source_id"] = source.Id,
        ["os"] = s.Os,
        ["release"] = s.Release,
        ["arches"] = s.Arches,
        ["subarches"] = s.Subarches,
        ["labels"] = s.Labels,
        ["resource_uri"] = $"/MAAS/api/2.0/boot-sources/{source.Id}/selections/{s.Id}/",
    };

    public static Dictionary<string, object?> Resource(FakeResource r, MaasEra era, bool withSets)
    {
        var d = new Dictionary<string, object?>
        {
            ["id"] = r.Id,
            ["type"] = r.Type,
            ["name"] = r.Name,
            ["architecture"] = r.Architecture,
            ["resource_uri"] = $"/MAAS/api/2.0/boot-resources/{r.Id}/",
        };
        if (era >= MaasEra.V34)
            d["last_deployed"] = r.Type == "Synced" ? era == MaasEra.V38 ? "2026-02-01T17:20:33.410Z" : "2026-02-01T17:20:33.410" : null;
        if (r.Subarches is not null)
            d["subarches"] = r.Subarches;
        if (r.Title is not null)
            d["title"] = r.Title;
        if (era == MaasEra.V22)
            d["kflavor"] = "generic";
        if (era >= MaasEra.V38 && !string.IsNullOrEmpty(r.BaseImage))
            d["base_image"] = r.BaseImage;
        if (era == MaasEra.V34)
            d["supported_platforms"] = "generic";
        if (withSets)
            d["sets"] = r.Sets.AsEnumerable().Reverse().ToDictionary(s => s.Version, s => (object?)Set(r, s, era));
        return d;
    }

    private static Dictionary<string, object?> Set(FakeResource r, FakeSet s, MaasEra era)
    {
        var complete = s.Files.Count > 0 && s.Files.All(f => f.Complete);
        var d = new Dictionary<string, object?>
        {
            ["version"] = s.Version,
            ["label"] = s.Label,
            ["size"] = s.Files.Sum(f => f.Size),
            ["complete"] = complete,
        };
        if (!complete)
            d["progress"] = s.Files.Count == 0 ? 0.0 : s.Files.Average(f => f.Progress);
        d["files"] = s.Files.ToDictionary(f => f.Filename, f => (object?)File(r, f, era));
        return d;
    }

    private static Dictionary<string, object?> File(FakeResource r, FakeFile f, MaasEra era)
    {
        var d = new Dictionary<string, object?>
        {
            ["filename"] = f.Filename,
            ["filetype"] = f.Filetype,
            ["sha256"] = f.Sha256,
            ["size"] = f.Size,
            ["complete"] = f.Complete,
        };
        if (era >= MaasEra.V38)
            d["filename_on_disk"] = f.Sha256[..7];
        if (f.Complete)
            return d;
        d["progress"] = f.Progress;
        if (r.Type == "Uploaded")
            d["upload_uri"] = $"/MAAS/api/2.0/boot-resources/{r.Id}/upload/{f.Id}/";
        return d;
    }
}
