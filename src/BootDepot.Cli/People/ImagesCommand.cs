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

/// <summary><c>bootdepot images</c>: what can be deployed, and on which racks it is.</summary>
internal static class ImagesCommand
{
    public static Command Create(CommandHost host) =>
        new Command("images", "List the images that the region has, and how they stand on racks.").On(host, new Connection(), (_, client, json, cancel) =>
            json ? PrintJsonAsync(host, client, cancel) : PrintTableAsync(host, client, cancel));

    /// <summary>The server's own list; what it says of each image, and <c>racks</c>.</summary>
    private static async Task<int> PrintJsonAsync(CommandHost host, MaasClient client, CancellationToken cancel)
    {
        var reading = Connection.CallAsync(client, new MaasCall(HttpMethod.Get, "boot-resources/"), cancel);
        var coverage = RackCoverage.ReadAsync(client, cancel);
        await Task.WhenAll(reading, coverage);
        using var images = JsonDocument.Parse((await reading).Content);
        var racks = await coverage;
        JsonOut.Write(host, json =>
        {
            json.WriteStartArray();
            foreach (var image in images.RootElement.EnumerateArray())
            {
                json.WriteStartObject();
                foreach (var property in image.EnumerateObject())
                    property.WriteTo(json);
                racks.Write(json, image.GetProperty("name").GetString()!, image.GetProperty("architecture").GetString()!);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        return 0;
    }

    private static async Task<int> PrintTableAsync(CommandHost host, MaasClient client, CancellationToken cancel)
    {
        var reading = client.BootResources.ListAsync(includeSets: true, cancellationToken: cancel);
        var coverage = RackCoverage.ReadAsync(client, cancel);
        await Task.WhenAll(reading, coverage);
        var racks = await coverage;
        string[] heading = ["ID", "IMAGE", "ARCHITECTURE", "TYPE", "VERSION", "SIZE", "STATE", .. racks.Racks.Count == 0 ? (string[])[] : ["RACKS"], "TITLE"];
        host.WriteOut(TextTable.Write(heading, (await reading).Select(image => Row(image, racks))));
        return 0;
    }

    private static string[] Row(BootResource image, RackCoverage racks)
    {
        var newest = image.LatestSet;
        return
        [
            image.Id.ToString(CultureInfo.InvariantCulture), image.Name, image.Architecture, image.TypeText.ToLowerInvariant(),
            newest?.Version ?? "", newest is null ? "" : ByteSize.Text(newest.Size), State(image, newest),
            .. racks.Racks.Count == 0 ? (string[])[] : [racks.Text(image.Name, image.Architecture)], image.Title,
        ];
    }

    private static string State(BootResource image, BootResourceSet? newest)
    {
        if (newest is null)
            return "empty";
        if (newest.Complete)
            return "ready";
        var kind = image.Type == BootResourceType.Uploaded ? "upload incomplete" : "importing";
        return $"{kind}, {ByteSize.Text(newest.Files.Values.Sum(f => f.BytesPresent))} of {ByteSize.Text(newest.Size)}";
    }
}
