using System;
using System.Linq;
using System.Text.Json;
using BootDepot.Images.Racks;
using BootDepot.Images.Selections;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Racks;

/// <summary>The long form of a rack, an extension.</summary>
internal static class RackJson
{
    private static readonly ApiShape Texts = new ApiShape.ListOf(ApiShape.PlainText);

    public static readonly ApiShape ImageState = ApiShape.Named(
        "RackImageState",
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("label", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("state", ApiShape.PlainText),
        ("files_held", ApiShape.Int),
        ("files", ApiShape.Int),
        ("bytes_held", ApiShape.Long),
        ("bytes", ApiShape.Long),
        ("code", ApiShape.Nullable(ApiShape.PlainText)),
        ("message", ApiShape.Nullable(ApiShape.PlainText)));

    public static readonly ApiShape Summary = ApiShape.Named("Rack", SummaryFields);

    public static readonly ApiShape Detail = ApiShape.Named("RackDetail", [.. SummaryFields, ("images", new ApiShape.ListOf(ImageState))]);

    private static (string, ApiShape)[] SummaryFields =>
    [
        ("system_id", ApiShape.PlainText),
        ("uuid", ApiShape.PlainText),
        ("name", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("url", ApiShape.PlainText),
        ("created", ApiShape.PlainText),
        ("connected", ApiShape.Bool),
        ("last_contact", ApiShape.Nullable(ApiShape.PlainText)),
        ("status", ApiShape.PlainText),
        ("code", ApiShape.Nullable(ApiShape.PlainText)),
        ("message", ApiShape.Nullable(ApiShape.PlainText)),
        ("mode", ApiShape.PlainText),
        ("selections", Texts),
        ("bytes_per_second", ApiShape.Nullable(ApiShape.Long)),
        ("windows", Texts),
        ("disk_limit", ApiShape.Nullable(ApiShape.Long)),
        ("peers", Texts),
        ("disk_free", ApiShape.Nullable(ApiShape.Long)),
        ("disk_used", ApiShape.Nullable(ApiShape.Long)),
        ("images_synced", ApiShape.Int),
        ("images_wanted", ApiShape.Int),
        ("bytes_held", ApiShape.Long),
        ("bytes_wanted", ApiShape.Long),
        ("resource_uri", ApiShape.PlainText),
    ];

    /// <summary>Writes a rack.</summary>
    public static void Write(Utf8JsonWriter json, RackFacts rack, bool withImages)
    {
        json.WriteStartObject();
        json.WriteString("system_id", rack.Row.SystemId);
        json.WriteString("uuid", rack.Row.Uuid);
        json.WriteString("name", rack.Row.Name);
        json.WriteString("version", rack.Row.Version);
        json.WriteString("url", rack.Row.Url);
        json.WriteString("created", WireDate.Format(rack.Row.Created));
        json.WriteBoolean("connected", rack.IsConnected);
        WriteDate(json, "last_contact", rack.LastContact);
        json.WriteString("status", rack.Status);
        json.WriteString("code", rack.Digest?.Fault?.Code);
        json.WriteString("message", rack.Digest?.Fault?.Message);
        WritePolicy(json, rack.Policy);
        WriteNumber(json, "disk_free", rack.Digest?.DiskFree);
        WriteNumber(json, "disk_used", rack.Digest?.DiskUsed);
        json.WriteNumber("images_synced", rack.Digest?.Synced ?? 0);
        json.WriteNumber("images_wanted", rack.Digest?.Wanted ?? 0);
        json.WriteNumber("bytes_held", rack.Digest?.BytesHeld ?? 0);
        json.WriteNumber("bytes_wanted", rack.Digest?.BytesWanted ?? 0);
        json.WriteString("resource_uri", $"/MAAS/api/2.0/racks/{rack.Row.SystemId}/");
        if (withImages)
        {
            json.WriteStartArray("images");
            foreach (var image in rack.Report?.Images ?? [])
                WriteImage(json, image);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>The text form of a selection: <c>os/release</c>, or <c>os/release:arch,arch</c>.</summary>
    public static string TextOf(SelectionRule rule) =>
        $"{rule.Os}/{rule.Release}" + (rule.Arches is [SelectionRule.Any] ? "" : ":" + string.Join(',', rule.Arches));

    public static void WriteDate(Utf8JsonWriter json, string name, DateTimeOffset? at) =>
        json.WriteString(name, at is { } date ? WireDate.Format(date) : null);

    private static void WritePolicy(Utf8JsonWriter json, RackPolicy policy)
    {
        json.WriteString("mode", RackWords.Of(policy.Mode));
        WriteTexts("selections", policy.Selections.Select(TextOf));
        WriteNumber(json, "bytes_per_second", policy.BytesPerSecond);
        WriteTexts("windows", policy.Windows.Select(w => w.ToString()));
        WriteNumber(json, "disk_limit", policy.DiskLimit);
        WriteTexts("peers", policy.Peers.Select(p => p.AbsoluteUri));

        void WriteTexts(string name, System.Collections.Generic.IEnumerable<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts)
                json.WriteStringValue(text);
            json.WriteEndArray();
        }
    }

    /// <summary>Writes how one version of an image stands on a rack.</summary>
    public static void WriteImage(Utf8JsonWriter json, RackImageState image)
    {
        json.WriteStartObject();
        json.WriteString("name", image.Name);
        json.WriteString("architecture", image.Architecture);
        json.WriteString("label", image.Label);
        json.WriteString("version", image.Version);
        json.WriteString("state", image.State);
        json.WriteNumber("files_held", image.FilesHeld);
        json.WriteNumber("files", image.Files);
        json.WriteNumber("bytes_held", image.BytesHeld);
        json.WriteNumber("bytes", image.Bytes);
        json.WriteString("code", image.Fault?.Code);
        json.WriteString("message", image.Fault?.Message);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
