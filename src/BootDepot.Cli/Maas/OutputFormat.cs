using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BootDepot.Cli.Maas;

/// <summary>An answer in another form than the server's text.</summary>
internal sealed class OutputFormat
{
    private readonly Func<JsonElement, string> _write;

    private OutputFormat(Func<JsonElement, string> write) => _write = write;

    public static OutputFormat? Read(string? name, string help) => name switch
    {
        null => null,
        "json" => new OutputFormat(WriteJson),
        "yaml" => new OutputFormat(Yaml),
        "table" => new OutputFormat(Table),
        "csv" => new OutputFormat(Csv),
        _ => throw CommandFailure.Usage(help, $"argument --format: invalid choice: '{name}' (choose from 'json', 'yaml', 'table', 'csv')"),
    };

    public string Write(JsonElement value) => _write(value);

    public static string WriteJson(JsonElement value)
    {
        using var buffer = new System.IO.MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static string Csv(JsonElement value) => Rows(value, row => string.Join(',', row.Select(Quote)) + "\r\n");

    // RFC 4180.
    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny("\",\r\n") < 0 ? cell : "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Rows(JsonElement value, Func<IReadOnlyList<string>, string> write)
    {
        var (columns, rows) = Cells(value);
        return write(columns) + string.Concat(rows.Select(write));
    }

    private static string Table(JsonElement value)
    {
        var (columns, rows) = Cells(value);
        var widths = columns.Select((c, i) => rows.Select(r => r[i].Length).Append(c.Length).Max()).ToList();
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(columns))
            text.Append(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()).Append('\n');
        return text.ToString();
    }

    private static (List<string> Columns, List<List<string>> Rows) Cells(JsonElement value)
    {
        var items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new List<JsonElement> { value };
        var columns = items.Where(i => i.ValueKind == JsonValueKind.Object)
            .SelectMany(i => i.EnumerateObject().Select(p => p.Name)).Distinct(StringComparer.Ordinal).ToList();
        if (columns.Count == 0)
            return (["value"], items.ConvertAll(i => new List<string> { Cell(i) }));
        return (columns, items.ConvertAll(i => columns.ConvertAll(c => i.ValueKind == JsonValueKind.Object && i.TryGetProperty(c, out var cell) ? Cell(cell) : "")));
    }

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(Cell)),
        JsonValueKind.Null => "",
        _ => value.ToString().ReplaceLineEndings(" "),
    };

    private static string Yaml(JsonElement value)
    {
        var text = new StringBuilder();
        WriteYaml(text, value, 0, inList: false);
        return text.ToString();
    }

    private static void WriteYaml(StringBuilder text, JsonElement value, int indent, bool inList)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                var first = inList;
                foreach (var member in value.EnumerateObject())
                {
                    text.Append(first ? "" : new string(' ', indent)).Append(Scalar(member.Name)).Append(':');
                    first = false;
                    WriteNested(text, member.Value, indent + 2);
                }

                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                foreach (var item in value.EnumerateArray())
                {
                    text.Append(' ', indent).Append("- ");
                    WriteYaml(text, item, indent + 2, inList: true);
                }

                break;
            default:
                text.Append(Plain(value)).Append('\n');
                break;
        }
    }

    private static void WriteNested(StringBuilder text, JsonElement value, int indent)
    {
        var nested = value.ValueKind is JsonValueKind.Object && value.EnumerateObject().Any()
            || value.ValueKind is JsonValueKind.Array && value.GetArrayLength() > 0;
        text.Append(nested ? '\n' : ' ');
        WriteYaml(text, value, indent, inList: false);
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{}",
        JsonValueKind.Array => "[]",
        JsonValueKind.String => Scalar(value.GetString()!),
        _ => value.GetRawText(),
    };

    // Every JSON string is a YAML string (YAML 1.2 §1.3); plain only where nothing can be mistaken.
    private static string Scalar(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '/' or '.')
            && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? text
            : JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) is var encoded ? $"\"{encoded}\"" : "";
}
