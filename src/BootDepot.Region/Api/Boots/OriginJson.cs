using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Booting;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Boots;

/// <summary>What a machine booted and where it came from, as clients see it.</summary>
internal static class OriginJson
{
    /// <summary>Writes one boot. A file that was asked for several times is written once.</summary>
    public static void Write(Utf8JsonWriter json, MachineBoot boot, BootRecord record, IReadOnlyDictionary<string, IReadOnlyList<BytesOrigin>> origins)
    {
        json.WriteStartObject();
        json.WriteNumber("number", boot.Id);
        json.WriteString("rack", boot.Rack?.Name);
        json.WriteString("machine", boot.Machine);
        json.WriteString("started", WireDate.Format(boot.Started));
        json.WriteString("result", boot.Result);
        json.WriteStartArray("files");
        foreach (var step in record.Steps.Where(s => s.Digest is not null).DistinctBy(s => (s.Path, s.Digest)))
        {
            var digest = step.Digest!.Value.Hex;
            json.WriteStartObject();
            json.WriteString("path", step.Path);
            json.WriteString("kind", step.Kind);
            json.WriteString("sha256", digest);
            json.WriteStartArray("origins");
            foreach (var origin in origins.GetValueOrDefault(digest) ?? [])
                Write(json, origin);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BytesOrigin origin)
    {
        json.WriteStartObject();
        json.WriteString("image", origin.Image);
        json.WriteString("architecture", origin.Architecture);
        json.WriteString("version", origin.Version);
        json.WriteString("file_type", origin.FileType);
        json.WriteString("signed_by", origin.SignedBy);
        json.WriteString("product", origin.Product);
        json.WriteString("source", origin.Source);
        json.WriteString("uploaded_by", origin.UploadedBy);
        json.WriteBoolean("held", origin.IsHeld);
        json.WriteEndObject();
    }
}
