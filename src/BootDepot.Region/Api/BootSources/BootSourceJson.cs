using System;
using System.Text.Json;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.BootSources;

/// <summary>Boot sources and selections as clients see them. Nothing in them is ever null.</summary>
internal static class BootSourceJson
{
    /// <summary>Shape of a source.</summary>
    public static readonly ApiShape Source = ApiShape.Named(
        "BootSource",
        ("id", ApiShape.Int),
        ("name", ApiShape.PlainText),
        ("url", ApiShape.PlainText),
        ("priority", ApiShape.Int),
        ("enabled", ApiShape.Bool),
        ("keyring_filename", ApiShape.PlainText),
        ("keyring_data", ApiShape.PlainText),
        ("skip_keyring_verification", ApiShape.Bool),
        ("created", ApiShape.PlainText),
        ("updated", ApiShape.PlainText),
        ("problem?", ApiShape.Named("BootSourceProblem", ("code", ApiShape.PlainText), ("message", ApiShape.PlainText))),
        ("resource_uri", ApiShape.PlainText));

    /// <summary>Shape of a selection.</summary>
    public static readonly ApiShape Selection = ApiShape.Named(
        "BootSourceSelection",
        ("id", ApiShape.Int),
        ("boot_source_id", ApiShape.Int),
        ("os", ApiShape.PlainText),
        ("release", ApiShape.PlainText),
        ("arches", new ApiShape.ListOf(ApiShape.PlainText)),
        ("subarches", new ApiShape.ListOf(ApiShape.PlainText)),
        ("labels", new ApiShape.ListOf(ApiShape.PlainText)),
        ("resource_uri", ApiShape.PlainText));

    /// <summary>Writes a source. API 1.0 has fewer members. Its URL may have a password, which is for those who may change it.</summary>
    public static void Write(Utf8JsonWriter json, BootSource source, ApiVersion version, bool withPassword)
    {
        json.WriteStartObject();
        json.WriteNumber("id", source.Id);
        json.WriteString("url", withPassword ? source.Url : UrlText.WithoutPassword(source.Url));
        if (version == ApiVersion.Two)
        {
            json.WriteString("name", source.Name);
            json.WriteNumber("priority", source.Priority);
            json.WriteBoolean("enabled", source.Enabled);
            json.WriteBoolean("skip_keyring_verification", source.SkipKeyringVerification);
        }

        json.WriteString("keyring_filename", source.KeyringFilename);
        json.WriteString("keyring_data", Convert.ToBase64String(source.KeyringData));
        if (version == ApiVersion.Two)
        {
            json.WriteString("created", WireDate.Format(source.Created));
            json.WriteString("updated", WireDate.Format(source.Updated));
            // Beyond MAAS, and only when there is something to say.
            if (source.ProblemCode is { } code)
            {
                json.WriteStartObject("problem");
                json.WriteString("code", code);
                json.WriteString("message", source.ProblemMessage);
                json.WriteEndObject();
            }
        }

        json.WriteString("resource_uri", $"{ApiHandler.RootOf(version)}boot-sources/{source.Id}/");
        json.WriteEndObject();
    }

    /// <summary>Writes a selection.</summary>
    public static void Write(Utf8JsonWriter json, BootSourceSelection selection, ApiVersion version)
    {
        json.WriteStartObject();
        json.WriteNumber("id", selection.Id);
        if (version == ApiVersion.Two)
            json.WriteNumber("boot_source_id", selection.BootSourceId);
        json.WriteString("os", selection.Os);
        json.WriteString("release", selection.Release);
        foreach (var (name, values) in new[]
            { ("arches", selection.Arches), ("subarches", selection.Subarches), ("labels", selection.Labels) })
        {
            json.WriteStartArray(name);
            foreach (var value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteString(
            "resource_uri",
            $"{ApiHandler.RootOf(version)}boot-sources/{selection.BootSourceId}/selections/{selection.Id}/");
        json.WriteEndObject();
    }
}
