using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BootDepot.Catalog.Imports;
using BootDepot.Images.Planning;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Imports.Progress;

namespace BootDepot.Region.Imports;

/// <summary>Writes runs and plans as the API sends them. Words of states and reasons are lower case with dashes.</summary>
internal static class ImportWriter
{
    /// <summary>A run that this process knows, with those of its files that are in one of the states.</summary>
    public static void Write(Utf8JsonWriter json, ImportProgress run, ImmutableArray<FileState> states)
    {
        json.WriteStartObject();
        json.WriteNumber("id", run.Id);
        json.WriteString("state", Word(run.State));
        json.WriteString("phase", Word(run.Phase));
        json.WriteString("trigger", run.Trigger);
        json.WriteString("requested_by", run.RequestedBy);
        json.WriteString("started", WireDate.Format(run.StartedAt));
        WriteDate(json, "ended", run.EndedAt);
        json.WriteNumber("planned_bytes", run.PlannedBytes);
        json.WriteNumber("received_bytes", run.ReceivedBytes);
        json.WriteNumber("fetched_bytes", run.FetchedBytes);
        json.WriteNumber("planned_sets", run.PlannedSets);
        json.WriteNumber("published_sets", run.PublishedSets);
        json.WriteStartArray("files");
        foreach (var file in run.Files)
        {
            if (states.Contains(file.State))
                Write(json, file);
        }

        json.WriteEndArray();
        json.WritePropertyName("problems");
        ProblemText.Write(json, run.Problems);
        json.WriteString("resource_uri", UriOf(run.Id));
        json.WriteEndObject();
    }

    /// <summary>A run as the catalogue remembers it.</summary>
    public static void Write(Utf8JsonWriter json, ImportRun run)
    {
        json.WriteStartObject();
        json.WriteNumber("id", run.Id);
        json.WriteString("state", Word(run.State));
        json.WriteString("phase", Word(run.State == ImportState.Running ? ImportPhase.Fetching : ImportPhase.Ended));
        json.WriteString("trigger", run.Trigger);
        json.WriteString("requested_by", run.RequestedBy);
        json.WriteString("started", WireDate.Format(run.StartedAt));
        WriteDate(json, "ended", run.EndedAt);
        json.WriteNumber("planned_bytes", run.PlannedBytes);
        json.WriteNumber("received_bytes", Math.Min(run.FetchedBytes, run.PlannedBytes));
        json.WriteNumber("fetched_bytes", run.FetchedBytes);
        json.WriteNumber("planned_sets", 0);
        json.WriteNumber("published_sets", 0);
        json.WritePropertyName("problems");
        json.WriteRawValue(run.Problems);
        json.WriteString("resource_uri", UriOf(run.Id));
        json.WriteEndObject();
    }

    /// <summary>A plan.</summary>
    public static void Write(Utf8JsonWriter json, PlanReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("bytes_to_fetch", report.BytesToFetch);
        if (report.FreeBytes is { } free)
            json.WriteNumber("free_bytes", free);
        else
            json.WriteNull("free_bytes");
        json.WriteStartArray("fetch");
        foreach (var set in report.Plan.Fetch)
            Write(json, set, report.Sources[set.SourceId]);
        json.WriteEndArray();
        json.WriteStartArray("keep");
        foreach (var set in report.Plan.Keep)
        {
            WriteSet(json, set.SetId, set.Key.Name.ToString(), set.Key.Architecture.ToString(), set.Version.ToString(), Word(set.Reason));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("retire");
        foreach (var set in report.Plan.Retire)
        {
            WriteSet(json, set.SetId, set.Key.Name.ToString(), set.Key.Architecture.ToString(), set.Version.ToString(), Word(set.Reason));
            json.WriteString("after", set.After?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("problems");
        ProblemText.Write(json, report.Problems);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PlannedSet set, string source)
    {
        json.WriteStartObject();
        json.WriteString("name", set.Image.Key.Name.ToString());
        json.WriteString("architecture", set.Image.Key.Architecture.ToString());
        json.WriteString("version", set.Image.Version.ToString());
        json.WriteString("label", set.Image.Label);
        json.WriteString("source", source);
        json.WriteNumber("bytes", set.BytesToFetch);
        json.WriteStartArray("files");
        foreach (var file in set.Image.Files)
        {
            json.WriteStartObject();
            json.WriteString("filename", file.Filename);
            json.WriteString("filetype", file.Type.Name);
            json.WriteString("sha256", file.Digest.Hex);
            json.WriteNumber("size", file.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FileProgress file)
    {
        json.WriteStartObject();
        json.WriteString("sha256", file.Sha256);
        json.WriteString("filename", file.Filename);
        json.WriteString("image", file.Image);
        json.WriteNumber("size", file.Size);
        json.WriteNumber("received", file.Received);
        json.WriteString("state", Word(file.State));
        json.WriteString("code", file.Fault?.Code);
        json.WriteString("message", file.Fault?.Message);
        WriteDate(json, "retry_at", file.RetryAt);
        json.WriteEndObject();
    }

    private static void WriteSet(Utf8JsonWriter json, int id, string name, string architecture, string version, string reason)
    {
        json.WriteStartObject();
        json.WriteNumber("set", id);
        json.WriteString("name", name);
        json.WriteString("architecture", architecture);
        json.WriteString("version", version);
        json.WriteString("reason", reason);
    }

    private static void WriteDate(Utf8JsonWriter json, string name, DateTimeOffset? at)
    {
        if (at is { } value)
            json.WriteString(name, WireDate.Format(value));
        else
            json.WriteNull(name);
    }

    private static string UriOf(int id) => string.Create(CultureInfo.InvariantCulture, $"/MAAS/api/2.0/imports/{id}/");

    /// <summary>A value's word on the wire: <c>dropped-upstream</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
