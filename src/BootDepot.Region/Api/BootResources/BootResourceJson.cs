using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.BootResources;

/// <summary>Boot resources as clients see them. What is not known is left out, never null (save <c>last_deployed</c>).</summary>
internal static class BootResourceJson
{
    private static readonly ApiShape File = ApiShape.Named(
        "BootResourceFile",
        ("filename", ApiShape.PlainText),
        ("filetype", ApiShape.PlainText),
        ("sha256", ApiShape.PlainText),
        ("filename_on_disk", ApiShape.PlainText),
        ("size", ApiShape.Long),
        ("complete", ApiShape.Bool),
        ("progress?", ApiShape.Number),
        ("upload_uri?", ApiShape.PlainText));

    private static readonly ApiShape Set = ApiShape.Named(
        "BootResourceSet",
        ("version", ApiShape.PlainText),
        ("label", ApiShape.PlainText),
        ("size", ApiShape.Long),
        ("complete", ApiShape.Bool),
        ("progress?", ApiShape.Number),
        ("files", new ApiShape.MapOf(File)));

    /// <summary>Shape in a list.</summary>
    public static readonly ApiShape.Object Row = ApiShape.Named(
        "BootResource",
        ("id", ApiShape.Int),
        ("type", ApiShape.PlainText),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("resource_uri", ApiShape.PlainText),
        ("last_deployed", ApiShape.Nullable(ApiShape.PlainText)),
        ("subarches?", ApiShape.PlainText),
        ("title?", ApiShape.PlainText),
        ("platform?", ApiShape.PlainText),
        ("supported_platforms?", ApiShape.PlainText),
        ("base_image?", ApiShape.PlainText));

    /// <summary>Shape of a single one.</summary>
    public static readonly ApiShape WithSets = Row with
    {
        Name = "BootResourceWithSets",
        Fields = Row.Fields.Add(new ApiShape.Field("sets", new ApiShape.MapOf(Set), IsAlwaysThere: true)),
    };

    /// <summary>Writes an element of a list.</summary>
    public static void WriteRow(Utf8JsonWriter json, ResourceRow row, ApiVersion version)
    {
        json.WriteStartObject();
        WriteCommon(json, row, version);
        json.WriteEndObject();
    }

    /// <summary>Writes a resource with its sets, newest first.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="resource">The resource, sets and files loaded.</param>
    /// <param name="received">Bytes held of each incomplete file, by file id.</param>
    /// <param name="version">API generation.</param>
    /// <param name="onlySet">Version of the only set to show; null for all.</param>
    public static void WriteWithSets(
        Utf8JsonWriter json, BootResource resource, IReadOnlyDictionary<int, long> received, ApiVersion version,
        string? onlySet = null)
    {
        json.WriteStartObject();
        WriteCommon(json, RowOf(resource), version);
        json.WriteStartObject("sets");
        // Clients take the newest complete version; one that was rolled back behind is none of theirs.
        foreach (var set in resource.Sets.Where(s => s.WithheldAt is null && (onlySet is null || s.Version == onlySet))
            .OrderByDescending(s => s.Version, StringComparer.Ordinal))
            WriteSet(json, resource, set, received, version);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ResourceRow RowOf(BootResource r) => new(
        r.Id, r.Kind, r.Name, r.Architecture, r.Subarches, r.Title, r.Platform, r.SupportedPlatforms, r.BaseImage,
        r.LastDeployed);

    private static void WriteCommon(Utf8JsonWriter json, ResourceRow row, ApiVersion version)
    {
        json.WriteNumber("id", row.Id);
        json.WriteString("type", row.Kind == ResourceKind.Synced ? "Synced"u8 : "Uploaded"u8);
        json.WriteString("name", row.Name);
        json.WriteString("architecture", row.Architecture);
        json.WriteString("resource_uri", string.Create(CultureInfo.InvariantCulture, $"{ApiHandler.RootOf(version)}boot-resources/{row.Id}/"));
        if (version == ApiVersion.Two)
        {
            if (row.LastDeployed is { } at)
                json.WriteString("last_deployed", WireDate.Format(at));
            else
                json.WriteNull("last_deployed");
        }

        if (row.Subarches is not null)
            json.WriteString("subarches", row.Subarches);
        if (row.Title is not null || row.Kind == ResourceKind.Uploaded)
            json.WriteString("title", row.Title ?? "");
        if (version == ApiVersion.One)
            return;
        if (row.Platform is not null)
            json.WriteString("platform", row.Platform);
        if (row.SupportedPlatforms is not null)
            json.WriteString("supported_platforms", row.SupportedPlatforms);
        if (row.BaseImage.Length > 0)
            json.WriteString("base_image", row.BaseImage);
    }

    private static void WriteSet(
        Utf8JsonWriter json, BootResource resource, ResourceSet set, IReadOnlyDictionary<int, long> received, ApiVersion version)
    {
        // Companions (manifests) are mirrored for other mirrors and mean nothing to these clients.
        var files = set.Files.Where(f => FileType.FindOrNull(f.FileType)?.IsCompanion != true)
            .OrderBy(f => f.Id).ToList();
        var size = files.Sum(f => f.Size);
        var complete = files.Count > 0 && files.TrueForAll(f => f.StoredAt is not null);
        json.WriteStartObject(set.Version);
        json.WriteString("version", set.Version);
        json.WriteString("label", set.Label);
        json.WriteNumber("size", size);
        json.WriteBoolean("complete", complete);
        if (!complete)
            WriteProgress(json, files.Sum(f => ReceivedOf(f, received)), size);
        json.WriteStartObject("files");
        foreach (var file in files)
            WriteFile(json, resource, file, received, version);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFile(
        Utf8JsonWriter json, BootResource resource, ResourceFile file, IReadOnlyDictionary<int, long> received, ApiVersion version)
    {
        // 1.x names every file after its type.
        var name = version == ApiVersion.One ? file.FileType : file.Filename;
        json.WriteStartObject(name);
        json.WriteString("filename", name);
        json.WriteString("filetype", file.FileType);
        json.WriteString("sha256", file.Sha256);
        if (version == ApiVersion.Two)
            json.WriteString("filename_on_disk", Digest.Parse(file.Sha256).Prefix);
        json.WriteNumber("size", file.Size);
        json.WriteBoolean("complete", file.StoredAt is not null);
        if (file.StoredAt is null)
        {
            WriteProgress(json, ReceivedOf(file, received), file.Size);
            // A path, not a URL: libmaas puts it into the path of another one.
            if (resource.Kind == ResourceKind.Uploaded)
                json.WriteString("upload_uri", $"{ApiHandler.RootOf(version)}boot-resources/{resource.Id}/upload/{file.Id}/");
        }

        json.WriteEndObject();
    }

    private static long ReceivedOf(ResourceFile file, IReadOnlyDictionary<int, long> received) =>
        file.StoredAt is not null ? file.Size : received.GetValueOrDefault(file.Id);

    // Percent, always with a fraction, so that every reader takes it for a float.
    private static void WriteProgress(Utf8JsonWriter json, long received, long size)
    {
        var percent = size == 0 ? 0 : (double)received / size * 100;
        var text = percent.ToString("R", CultureInfo.InvariantCulture);
        json.WritePropertyName("progress");
        json.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text, skipInputValidation: true);
    }
}
