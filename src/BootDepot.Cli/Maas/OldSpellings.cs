using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Client;
using BootDepot.Client.Profiles;

namespace BootDepot.Cli.Maas;

/// <summary>
/// What MAAS 1.7 called things, for servers that describe only today's API: clusters (<c>node-groups</c>) are racks now.
/// </summary>
internal static class OldSpellings
{
    /// <summary>Resources of the image API, for hints where a profile name is missing.</summary>
    public static FrozenSet<string> KnownResources { get; } = new[]
    {
        "account", "boot-images", "boot-resource", "boot-resources", "boot-source", "boot-source-selection", "boot-source-selections",
        "boot-sources", "events", "maas", "node-group", "node-groups", "rack-controller", "rack-controllers", "user", "users", "version",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Turns the manual's singular <c>boot-source-selection create</c> into the command that exists.</summary>
    public static void Rewrite(List<string> rest, Description description)
    {
        if (rest is ["boot-source-selection", "create", ..] && description.FindOrNull("boot-source-selections") is not null)
            rest[0] = "boot-source-selections";
    }

    public static bool IsOld(IReadOnlyList<string> rest) => rest is
        ["node-groups", "list" or "import-boot-images", ..] or ["node-group", "import-boot-images", ..] or ["boot-images", "read", ..];

    public static async Task<int> RunAsync(CommandHost host, HelpText help, MaasProfile profile, IReadOnlyList<string> rest)
    {
        var insecure = rest.Any(w => w is "-k" or "--insecure");
        var words = rest.Where(w => w is not ("-k" or "--insecure" or "-d" or "--debug")).ToList();
        using var client = profile.Connect(new MaasClientOptions { DangerousAcceptAnyServerCertificate = insecure });
        if (words is ["node-groups", "list", ..])
            return List(host, await client.Racks.ListAsync(host.Interrupted));
        if (words is ["node-groups", ..])
            return await ImportAsync(host, client, null, "Import of boot images started on all cluster controllers");
        if (words.Count < 3)
            throw CommandFailure.Usage(help.Top([profile.Name]), "the following arguments are required: uuid");
        return words[0] == "node-group"
            ? await ImportAsync(host, client, words[2], $"Import of boot images started on cluster {words[2]}")
            : await ImagesAsync(host, client, words[2]);
    }

    private static int List(CommandHost host, IReadOnlyList<Client.Rack> racks)
    {
        Show(host, writer =>
        {
            writer.WriteStartArray();
            foreach (var rack in racks)
            {
                writer.WriteStartObject();
                writer.WriteString("uuid", rack.SystemId);
                writer.WriteNumber("status", 1);
                writer.WriteString("name", rack.Hostname);
                writer.WriteString("cluster_name", rack.Hostname);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
        return 0;
    }

    private static async Task<int> ImportAsync(CommandHost host, MaasClient client, string? rack, string text)
    {
        var path = rack is null ? "rackcontrollers/" : $"rackcontrollers/{Uri.EscapeDataString(rack)}/";
        var answer = await client.CallAsync(new MaasCall(HttpMethod.Post, path) { Operation = "import_boot_images" }, host.Interrupted);
        return new AnswerPrinter(host).Print(answer.IsSuccess ? answer with { Content = Encoding.UTF8.GetBytes(text) } : answer);
    }

    private static async Task<int> ImagesAsync(CommandHost host, MaasClient client, string rack)
    {
        var call = new MaasCall(HttpMethod.Get, $"rackcontrollers/{Uri.EscapeDataString(rack)}/") { Operation = "list_boot_images" };
        var answer = await client.CallAsync(call, host.Interrupted);
        if (!answer.IsSuccess)
            return new AnswerPrinter(host).Print(answer);
        var images = await client.Racks.ListBootImagesAsync(rack, host.Interrupted);
        Show(host, writer =>
        {
            writer.WriteStartArray();
            foreach (var image in images.Images.Where(i => !i.Name.StartsWith("bootloader/", StringComparison.Ordinal)))
            {
                foreach (var subarch in image.Subarches)
                    WriteImage(writer, image, subarch);
            }

            writer.WriteEndArray();
        });
        return 0;
    }

    private static void WriteImage(Utf8JsonWriter writer, RackImage image, string subarch)
    {
        var name = image.Name.Split('/', 2);
        writer.WriteStartObject();
        writer.WriteString("osystem", name.Length == 2 ? name[0] : "custom");
        writer.WriteString("architecture", image.Architecture);
        writer.WriteString("subarchitecture", subarch);
        writer.WriteString("release", name[^1]);
        writer.WriteString("label", "release");
        writer.WriteString("purpose", "xinstall");
        writer.WriteEndObject();
    }

    private static void Show(CommandHost host, Action<Utf8JsonWriter> write)
    {
        using var buffer = new System.IO.MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentSize = 4 }))
            write(writer);
        host.WriteOut(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
