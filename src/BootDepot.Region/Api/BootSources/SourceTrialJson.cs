using System.Text.Json;
using BootDepot.Images;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Sources;

namespace BootDepot.Region.Api.BootSources;

/// <summary>What trying a source came to, as the API shows it.</summary>
internal static class SourceTrialJson
{
    private static readonly ApiShape NullableText = ApiShape.Nullable(ApiShape.PlainText);

    private static readonly ApiShape Image = ApiShape.Named(
        "BootSourceTrialImage",
        ("name", ApiShape.PlainText),
        ("title", ApiShape.PlainText),
        ("arches", new ApiShape.ListOf(ApiShape.PlainText)),
        ("version", ApiShape.PlainText),
        ("bootloader", ApiShape.Bool));

    private static readonly ApiShape Warning = ApiShape.Named("BootSourceTrialWarning", ("code", ApiShape.PlainText), ("reason", ApiShape.PlainText));

    /// <summary>Its shape.</summary>
    public static readonly ApiShape Shape = ApiShape.Named(
        "BootSourceTrial",
        ("ok", ApiShape.Bool),
        ("code", NullableText),
        ("reason", NullableText),
        ("signed_by", NullableText),
        ("images", new ApiShape.ListOf(Image)),
        ("warnings", new ApiShape.ListOf(Warning)));

    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter json, SourceTrialResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", result.Fault is null);
        json.WriteString("code", result.Fault?.Code);
        json.WriteString("reason", result.Fault?.Message);
        json.WriteString("signed_by", result.SignedBy);
        json.WriteStartArray("images");
        foreach (var image in result.Images)
            Write(json, image);
        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (var problem in result.Problems)
        {
            if (problem.Level != ProblemLevel.Warning)
                continue;
            json.WriteStartObject();
            json.WriteString("code", problem.Fault.Code);
            json.WriteString("reason", problem.Fault.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SourceTrialImage image)
    {
        json.WriteStartObject();
        json.WriteString("name", image.Name);
        json.WriteString("title", image.Title);
        json.WriteStartArray("arches");
        foreach (var arch in image.Arches)
            json.WriteStringValue(arch);
        json.WriteEndArray();
        json.WriteString("version", image.Newest);
        json.WriteBoolean("bootloader", image.IsBootloader);
        json.WriteEndObject();
    }
}
