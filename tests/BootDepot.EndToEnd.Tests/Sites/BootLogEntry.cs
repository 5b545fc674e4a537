using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace BootDepot.EndToEnd.Tests.Sites;

/// <summary>A boot as the region's boot log tells it.</summary>
/// <param name="Machine">The machine's MAC address.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="Image">What it booted.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Steps">What it was served, in order.</param>
public sealed record BootLogEntry(string Machine, string Address, string Image, string Result, IReadOnlyList<BootLogStep> Steps)
{
    /// <summary>Reads a record.</summary>
    public static BootLogEntry Of(JsonElement record) => new(
        Text(record, "machine"), Text(record, "address"), Text(record, "image"), Text(record, "result"),
        [.. record.GetProperty("steps").EnumerateArray().Select(s => new BootLogStep(Text(s, "protocol"), Text(s, "kind"), Text(s, "path"), Text(s, "digest")))]);

    /// <summary>The chain in short: what was sent by which protocol, each said once, as <c>http script, http kernel</c>.</summary>
    public string Chain => string.Join(", ", Steps.Where(s => s.Kind != "other").Select(s => $"{s.Protocol} {s.Kind}").Distinct());

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>One request of it.</summary>
public sealed record BootLogStep(string Protocol, string Kind, string Path, string Digest);
