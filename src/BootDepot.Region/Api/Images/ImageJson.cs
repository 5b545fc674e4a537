using System;
using System.Collections.Generic;
using System.Text.Json;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Overview;

namespace BootDepot.Region.Api.Images;

/// <summary>Images as <c>images/</c> shows them.</summary>
internal static class ImageJson
{
    private static readonly ApiShape NullableText = ApiShape.Nullable(ApiShape.PlainText);

    /// <summary>Shape of an image.</summary>
    public static readonly ApiShape Shape = ApiShape.Named(
        "Image",
        ("key", ApiShape.PlainText),
        ("kind", ApiShape.PlainText),
        ("name", ApiShape.PlainText),
        ("arch", ApiShape.PlainText),
        ("title", ApiShape.PlainText),
        ("bootloader", ApiShape.Bool),
        ("resources", new ApiShape.ListOf(ApiShape.Int)),
        ("size", ApiShape.Long),
        ("versions", ApiShape.Int),
        ("version", NullableText),
        ("label", NullableText),
        ("updated", NullableText),
        ("status", ApiShape.PlainText),
        ("code", NullableText),
        ("reason", NullableText),
        ("offered_version", NullableText),
        ("offered_size", ApiShape.Long),
        ("source_id", ApiShape.Nullable(ApiShape.Int)),
        ("offered_by", new ApiShape.ListOf(ApiShape.Int)),
        ("selected_by", new ApiShape.ListOf(ApiShape.Int)),
        ("last_deployed", NullableText),
        ("commissioning", ApiShape.Bool));

    /// <summary>Writes one.</summary>
    public static void Write(Utf8JsonWriter json, ImageRow row)
    {
        json.WriteStartObject();
        json.WriteString("key", row.Key);
        json.WriteString("kind", row.Kind == Catalog.Resources.ResourceKind.Uploaded ? "uploaded"u8 : "synced"u8);
        json.WriteString("name", row.Name);
        json.WriteString("arch", row.Arch);
        json.WriteString("title", row.Title);
        json.WriteBoolean("bootloader", row.IsBootloader);
        WriteNumbers(json, "resources", row.Resources);
        json.WriteNumber("size", row.Size);
        json.WriteNumber("versions", row.Versions);
        json.WriteString("version", row.Version);
        json.WriteString("label", row.Label);
        WriteDate(json, "updated", row.Updated);
        json.WriteString("status", row.Status);
        json.WriteString("code", row.Code);
        json.WriteString("reason", row.Reason);
        json.WriteString("offered_version", row.OfferedVersion);
        json.WriteNumber("offered_size", row.OfferedSize);
        if (row.SourceId is { } source)
            json.WriteNumber("source_id", source);
        else
            json.WriteNull("source_id");
        WriteNumbers(json, "offered_by", row.OfferedBy);
        WriteNumbers(json, "selected_by", row.SelectedBy);
        WriteDate(json, "last_deployed", row.LastDeployed);
        json.WriteBoolean("commissioning", row.IsForCommissioning);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteDate(Utf8JsonWriter json, string name, DateTimeOffset? at) =>
        json.WriteString(name, at is { } date ? WireDate.Format(date) : null);
}
