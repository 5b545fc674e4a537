using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;
using BootDepot.Images;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot select ubuntu/noble --arch amd64,arm64</c>: selects, or changes the selection that is there.</summary>
internal static class SelectCommand
{
    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        var release = new Argument<string>("OS/RELEASE") { Description = "For example ubuntu/noble." };
        var arch = new Option<string?>("--arch") { Description = "Architectures, with commas; all when left out.", HelpName = "LIST" };
        var source = new Option<int?>("--source") { Description = "Number of the boot source; the only one when left out.", HelpName = "ID" };
        return new Command("select", "Choose a release for import.") { release, arch, source }.On(host, connection, async (parsed, client, json, cancel) =>
        {
            if (!ImageName.TryParse(parsed.GetValue(release), out var name) || name.IsBare)
                throw new CommandFailure(new Fault("name-invalid", $"'{parsed.GetValue(release)}' is not os/release, as ubuntu/noble."));
            var id = parsed.GetValue(source) ?? await OnlySourceAsync(client, cancel);
            var wanted = parsed.GetValue(arch)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? ["*"];
            var (selection, done) = await EnsureAsync(client, id, name, wanted, cancel);
            if (json)
                JsonOut.Write(host, w => { w.WriteStartObject(); w.WriteNumber("id", selection.Id); w.WriteString("change", done); w.WriteEndObject(); });
            else
                host.WriteOut(FormattableString.Invariant($"{done}: {name} ({string.Join(", ", selection.Arches)}) from boot source {id}.\n"));
            return 0;
        });
    }

    public static async Task<(BootSourceSelection Selection, string Done)> EnsureAsync(
        MaasClient client, int source, ImageName name, IReadOnlyList<string> arches, CancellationToken cancel)
    {
        var existing = (await client.BootSourceSelections.ListAsync(source, cancel)).FirstOrDefault(s => s.Os == name.Os && s.Release == name.Release);
        if (existing is null)
            return (await client.BootSourceSelections.CreateAsync(source, name.Os, name.Release, arches, cancellationToken: cancel), "Selected");
        if (existing.Arches.Order(StringComparer.Ordinal).SequenceEqual(arches.Order(StringComparer.Ordinal), StringComparer.Ordinal))
            return (existing, "Unchanged");
        existing.Arches = arches;
        await existing.SaveAsync(cancel);
        return (existing, "Changed");
    }

    private static async Task<int> OnlySourceAsync(MaasClient client, CancellationToken cancel)
    {
        var sources = await client.BootSources.ListAsync(cancel);
        return sources.Count == 1
            ? sources[0].Id
            : throw new CommandFailure(new Fault("source-ambiguous",
                $"There are {sources.Count} boot sources; say which with --source: "
                + string.Join(", ", sources.Select(s => FormattableString.Invariant($"{s.Id} ({s.Url})")))));
    }
}
