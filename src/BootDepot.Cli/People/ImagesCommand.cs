using System.CommandLine;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot images</c>: what can be deployed.</summary>
internal static class ImagesCommand
{
    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        var command = new Command("images", "List the images that the region has.");
        connection.AddTo(command);
        command.SetAction((parsed, cancel) => connection.RunAsync(host, parsed, (client, json, token) => RunAsync(host, client, json, token), cancel));
        return command;
    }

    private static async Task<int> RunAsync(CommandHost host, MaasClient client, bool json, CancellationToken cancel)
    {
        if (json)
        {
            var call = new MaasCall(HttpMethod.Get, "boot-resources/");
            host.WriteOut((await Connection.CallAsync(client, call, cancel)).Text + "\n");
            return 0;
        }

        var images = await client.BootResources.ListAsync(includeSets: true, cancellationToken: cancel);
        host.WriteOut(TextTable.Write(
            ["ID", "IMAGE", "ARCHITECTURE", "TYPE", "VERSION", "SIZE", "STATE", "TITLE"],
            images.Select(Row)));
        return 0;
    }

    private static string[] Row(BootResource image)
    {
        var newest = image.LatestSet;
        return
        [
            image.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), image.Name, image.Architecture, image.TypeText.ToLowerInvariant(),
            newest?.Version ?? "", newest is null ? "" : ByteSize.Text(newest.Size), State(image, newest), image.Title,
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
