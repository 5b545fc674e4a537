using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot sources</c>: where images come from, and what is taken.</summary>
internal static class SourcesCommand
{
    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        var command = new Command("sources", "List the boot sources and their selections.") { SourceChanges.Add(host), SourceChanges.Remove(host) };
        connection.AddTo(command);
        command.SetAction((parsed, cancel) => connection.RunAsync(host, parsed, (client, json, token) => RunAsync(host, client, json, token), cancel));
        return command;
    }

    private static async Task<int> RunAsync(CommandHost host, MaasClient client, bool json, CancellationToken cancel)
    {
        if (json)
        {
            var call = new MaasCall(HttpMethod.Get, "boot-sources/");
            host.WriteOut((await Connection.CallAsync(client, call, cancel)).Text + "\n");
            return 0;
        }

        var sources = await client.BootSources.ListAsync(cancel);
        var selections = await Task.WhenAll(sources.Select(s => client.BootSourceSelections.ListAsync(s.Id, cancel)));
        host.WriteOut(TextTable.Write(
            ["ID", "URL", "KEYRING", "TAKES"],
            sources.Zip(selections, (source, taken) => (string[])
            [
                source.Id.ToString(CultureInfo.InvariantCulture),
                source.Url ?? "",
                source.KeyringFilename is { Length: > 0 } file ? file : source.KeyringData is { Length: > 0 } ? "stored" : "none",
                taken.Count == 0 ? "everything" : string.Join("; ", taken.Select(t => $"{t.Os}/{t.Release} {string.Join(',', t.Arches)}")),
            ])));
        return 0;
    }
}
