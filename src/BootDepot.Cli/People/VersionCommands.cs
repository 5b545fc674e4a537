using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary>The commands about versions of images: <c>versions</c>, <c>pin</c>, <c>unpin</c>, <c>promote</c>, <c>rollback</c>.</summary>
internal static class VersionCommands
{
    public static Command Versions(CommandHost host)
    {
        var image = new Argument<string?>("IMAGE") { Description = "For example ubuntu/noble; all when left out.", DefaultValueFactory = _ => null };
        return new Command("versions", "List the versions of images, served or kept.") { image }.On(host, new Connection(), async (parsed, client, json, cancel) =>
        {
            var fields = parsed.GetValue(image) is { } name ? new[] { MaasField.Text("image", name) } : [];
            return await PrintAsync(host, client, new MaasCall(HttpMethod.Get, "image-versions/") { Fields = fields }, json, cancel);
        });
    }

    public static Command Pin(CommandHost host) =>
        Change(host, "pin", "Keep a version whatever sources and selections say.", "The version; the served one when left out.");

    public static Command Unpin(CommandHost host) =>
        Change(host, "unpin", "Let a pinned version go.", "The version; the served one when left out.");

    public static Command Promote(CommandHost host)
    {
        var label = new Option<string?>("--label") { Description = "The label that it gets. Default: stable.", HelpName = "LABEL" };
        return Change(
            host, "promote", "Make a version what clients get: candidate to stable, or forward again after a rollback.",
            "The version; the newest one that is held when left out.", label);
    }

    public static Command RollBack(CommandHost host) =>
        Change(host, "rollback", "Make an older version what clients get.", "The version; the one before the served one when left out.");

    private static Command Change(CommandHost host, string name, string text, string versionText, Option<string?>? label = null)
    {
        var image = new Argument<string>("IMAGE") { Description = "For example ubuntu/noble, or the id of a boot resource." };
        var version = new Option<string?>("--version") { Description = versionText, HelpName = "VERSION" };
        var arch = new Option<string?>("--arch") { Description = "amd64, or amd64/ga-24.04; all when left out.", HelpName = "ARCH" };
        var command = new Command(name, text) { image, version, arch };
        if (label is not null)
            command.Add(label);
        return command.On(host, new Connection(), async (parsed, client, json, cancel) =>
        {
            var fields = new List<MaasField> { MaasField.Text("image", parsed.GetValue(image)!) };
            Add(fields, "version", parsed.GetValue(version));
            Add(fields, "architecture", parsed.GetValue(arch));
            Add(fields, "label", label is null ? null : parsed.GetValue(label));
            var call = new MaasCall(HttpMethod.Post, "image-versions/") { Operation = name, Fields = fields };
            return await PrintAsync(host, client, call, json, cancel);
        });
    }

    private static void Add(List<MaasField> fields, string name, string? value)
    {
        if (value is not null)
            fields.Add(MaasField.Text(name, value));
    }

    private static async Task<int> PrintAsync(CommandHost host, MaasClient client, MaasCall call, bool json, CancellationToken cancel)
    {
        var answer = await Connection.CallAsync(client, call, cancel);
        if (json)
        {
            host.WriteOut(answer.Text + "\n");
            return 0;
        }

        using var versions = JsonDocument.Parse(answer.Text);
        host.WriteOut(TextTable.Write(
            ["IMAGE", "ARCHITECTURE", "VERSION", "LABEL", "STATE", "PINNED", "SIZE"],
            versions.RootElement.EnumerateArray().Select(v => (string[])
            [
                v.GetProperty("name").GetString()!, v.GetProperty("architecture").GetString()!, v.GetProperty("version").GetString()!,
                v.GetProperty("label").GetString()!, v.GetProperty("state").GetString()!,
                v.GetProperty("pinned").GetBoolean() ? "pinned" : "", ByteSize.Text(v.GetProperty("size").GetInt64()),
            ])));
        return 0;
    }
}

/// <summary>The commands about what is deleted: <c>delete</c>, <c>undelete</c>, <c>storage</c>.</summary>
internal static class DeletionCommands
{
    public static Command Delete(CommandHost host)
    {
        var image = new Argument<string>("IMAGE") { Description = "For example ubuntu/noble, custom/rocky9, or the id of a boot resource." };
        var arch = new Option<string?>("--arch") { Description = "amd64, or amd64/ga-24.04; all when left out.", HelpName = "ARCH" };
        var force = new Option<bool>("--force") { Description = "Also when it is pinned, a default, or being uploaded to." };
        return new Command("delete", "Delete an image with all its versions; 'undelete' puts it back for some hours.") { image, arch, force }
            .On(host, new Connection(), async (parsed, client, json, cancel) =>
            {
                var fields = new List<MaasField> { MaasField.Text("image", parsed.GetValue(image)!) };
                if (parsed.GetValue(arch) is { } only)
                    fields.Add(MaasField.Text("architecture", only));
                var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, "image-versions/") { Fields = fields }, cancel);
                using var versions = JsonDocument.Parse(answer.Text);
                var found = versions.RootElement.EnumerateArray()
                    .Select(v => (Id: v.GetProperty("resource_id").GetInt32(), What: $"{v.GetProperty("name")} {v.GetProperty("architecture")}"))
                    .Distinct().ToList();
                if (found.Count == 0)
                    throw new CommandFailure(new("image-version-unknown", $"There is no image {parsed.GetValue(image)}. List them with: {host.ProgramName} versions"));
                foreach (var (id, what) in found)
                {
                    var call = new MaasCall(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"boot-resources/{id}/"))
                    {
                        Fields = parsed.GetValue(force) ? [MaasField.Text("force", "true")] : [],
                    };
                    await Connection.CallAsync(client, call, cancel);
                    if (!json)
                        host.WriteOut($"Deleted: {what}\n");
                }

                return 0;
            });
    }

    public static Command Undelete(CommandHost host)
    {
        var id = new Argument<int?>("ID") { Description = "Number of the deleted version; lists them when left out.", DefaultValueFactory = _ => null };
        return new Command("undelete", "Put a deleted version back.") { id }.On(host, new Connection(), async (parsed, client, json, cancel) =>
        {
            var call = parsed.GetValue(id) is { } number
                ? new MaasCall(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"deleted-images/{number}/")) { Operation = "restore" }
                : new MaasCall(HttpMethod.Get, "deleted-images/");
            var answer = await Connection.CallAsync(client, call, cancel);
            using var document = JsonDocument.Parse(answer.Text);
            var root = document.RootElement;
            if (json)
                host.WriteOut(answer.Text + "\n");
            else if (root.ValueKind == JsonValueKind.Object)
                host.WriteOut($"Served again{(root.GetProperty("pinned").GetBoolean() ? ", and pinned" : "")}: {root.GetProperty("name")} {root.GetProperty("architecture")} {root.GetProperty("version")}\n");
            else
            {
                host.WriteOut(TextTable.Write(
                    ["ID", "IMAGE", "ARCHITECTURE", "VERSION", "SIZE", "WHY", "BY", "UNTIL"],
                    root.EnumerateArray().Select(d => (string[])
                    [
                        d.GetProperty("id").GetRawText(), d.GetProperty("name").GetString()!, d.GetProperty("architecture").GetString()!,
                        d.GetProperty("version").GetString()!, ByteSize.Text(d.GetProperty("size").GetInt64()),
                        d.GetProperty("reason").GetString()!, d.GetProperty("deleted_by").GetString()!, d.GetProperty("until").GetString()!,
                    ])));
            }

            return 0;
        });
    }

    public static Command Storage(CommandHost host) =>
        new Command("storage", "Show what the stored bytes are used by.").On(host, new Connection(), async (_, client, json, cancel) =>
        {
            var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, "storage/"), cancel);
            using var document = JsonDocument.Parse(answer.Text);
            if (json)
                host.WriteOut(answer.Text + "\n");
            else
            {
                host.WriteOut(string.Concat(document.RootElement.EnumerateObject().Select(p =>
                    $"{p.Name.Replace('_', ' '),-14}{(p.Value.ValueKind == JsonValueKind.Number && p.Name != "damaged_blobs" ? ByteSize.Text(p.Value.GetInt64()) : p.Value.ToString())}\n")));
            }

            return 0;
        });
}
