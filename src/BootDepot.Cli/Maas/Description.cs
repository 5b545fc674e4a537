using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace BootDepot.Cli.Maas;

/// <summary>The commands that a server's <c>describe/</c> document offers.</summary>
internal sealed record Description(string? Hash, IReadOnlyList<ApiResource> Resources)
{
    /// <summary>The handlers for signed use, or those for anonymous use.</summary>
    public static Description Read(JsonElement document, bool anonymous)
    {
        var resources = new List<ApiResource>();
        foreach (var resource in Members(document, "resources"))
        {
            var handler = HandlerOrNull(resource, anonymous ? "anon" : "auth") ?? (anonymous ? null : HandlerOrNull(resource, "anon"));
            if (handler is { } found)
                resources.Add(ApiResource.Read(Text(resource, "name"), found));
        }

        return new Description(
            document.TryGetProperty("hash", out var hash) && hash.ValueKind == JsonValueKind.String ? hash.GetString() : null,
            [.. resources.OrderBy(r => r.Command, StringComparer.Ordinal)]);
    }

    public ApiResource? FindOrNull(string command) => Resources.FirstOrDefault(r => r.Command == command);

    internal static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    internal static IEnumerable<JsonElement> Members(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    private static JsonElement? HandlerOrNull(JsonElement resource, string kind) =>
        resource.TryGetProperty(kind, out var handler) && handler.ValueKind == JsonValueKind.Object ? handler : null;
}

/// <summary>A resource: first word after the profile.</summary>
internal sealed record ApiResource(string Handler, string Command, string Doc, IReadOnlyList<string> Parameters, string Path, IReadOnlyList<ApiAction> Actions)
{
    public static ApiResource Read(string resourceName, JsonElement handler)
    {
        var name = Description.Text(handler, "name") is { Length: > 0 } own ? own : resourceName;
        var path = Description.Text(handler, "path");
        // Servers before MAAS 3.2 give the whole address only.
        if (path.Length == 0 && Description.Text(handler, "uri") is { Length: > 0 } uri)
            path = uri[uri.IndexOf('/', uri.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return new ApiResource(
            name,
            CommandOf(resourceName.Length > 0 ? resourceName : name),
            Description.Text(handler, "doc"),
            [.. Description.Members(handler, "params").Select(p => p.GetString() ?? "")],
            path,
            [.. Description.Members(handler, "actions").Select(ApiAction.Read).OrderBy(a => a.Command, StringComparer.Ordinal)]);
    }

    public ApiAction? FindOrNull(string command) => Actions.FirstOrDefault(a => a.Command == command);

    /// <summary><c>BootSourceSelectionsHandler</c> is typed <c>boot-source-selections</c>.</summary>
    public static string CommandOf(string handler)
    {
        var text = new StringBuilder();
        for (var i = 0; i < handler.Length; i++)
        {
            if (i > 0 && char.IsUpper(handler[i]) && !char.IsUpper(handler[i - 1]))
                text.Append('-');
            text.Append(char.ToLowerInvariant(handler[i]));
        }

        var command = text.ToString();
        return command.EndsWith("-handler", StringComparison.Ordinal) ? command[..^"-handler".Length] : command;
    }
}

/// <summary>An action: second word after the profile.</summary>
internal sealed record ApiAction(string Name, string Method, string? Operation, string Doc)
{
    public string Command => Name.Replace('_', '-');

    /// <summary>First paragraph of the text.</summary>
    public string Title => Doc.Split("\n\n", 2)[0].Trim();

    /// <summary>Whether <c>name=value</c> words are taken: the text after its title names parameters.</summary>
    public bool TakesData => Doc.Split("\n\n", 2) is [_, var body] && body.Contains(":param", StringComparison.Ordinal);

    public static ApiAction Read(JsonElement action) => new(
        Description.Text(action, "name"),
        Description.Text(action, "method"),
        Description.Text(action, "op") is { Length: > 0 } op ? op : null,
        Description.Text(action, "doc"));
}
