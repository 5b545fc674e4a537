using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Cli.Streams;

/// <summary><c>bootdepot stream ls</c>: what a stream offers.</summary>
internal static class ListCommand
{
    public static Command Create(CommandHost host)
    {
        var source = new SourceOptions();
        var filters = new Argument<string[]>("FILTER") { Description = "key=value, key!=value, key~regex or key!~regex; all must hold.", Arity = ArgumentArity.ZeroOrMore };
        var max = new Option<int?>("--max") { Description = "Only the newest N versions of each product.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Every item with all its tags, as JSON." };
        var command = new Command("ls", "List what a stream offers.") { max, json };
        source.AddTo(command);
        command.Add(filters);
        command.SetAction((p, cancel) => RunAsync(host, source.Choice(p), p.GetValue(filters)!, p.GetValue(max), p.GetValue(json), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(
        CommandHost host, SourceChoice choice, string[] filters, int? max, bool json, CancellationToken cancel)
    {
        var filter = ItemFilter.Parse(filters);
        await using var stream = await StreamSource.OpenAsync(host, choice, cancel);
        var items = (await stream.ReadAsync(cancel)).Documents.SelectMany(d => filter.Select(d.Products, max)).ToList();
        if (json)
            WriteJson(host, items);
        else
            host.WriteOut(TextTable.Write(["OS", "RELEASE", "ARCH", "SUBARCH", "LABEL", "VERSION", "FILES", "SIZE"], items.GroupBy(i => (i.Product, i.Version)).Select(Row)));
        return 0;
    }

    private static string[] Row(IGrouping<(Product Product, ProductVersion Version), FlatItem> version)
    {
        var any = version.First();
        return
        [
            any["os"] ?? "", any["release"] ?? any["bootloader-type"] ?? "", any["arch"] ?? "", any["subarch"] ?? "", any["label"] ?? "",
            version.Key.Version.Name, version.Count().ToString(CultureInfo.InvariantCulture),
            ByteSize.Text(version.Sum(i => i.GetSizeOrNull() ?? 0)),
        ];
    }

    private static void WriteJson(CommandHost host, List<FlatItem> items)
    {
        using var json = new Utf8JsonWriter(host.Out, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var item in items)
        {
            json.WriteStartObject();
            foreach (var (name, value) in item.ToDictionary().OrderBy(t => t.Key, StringComparer.Ordinal))
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        host.WriteOut("\n");
    }
}
