using System.CommandLine;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Mirroring;
using BootDepot.Cli.Streams.Reading;

namespace BootDepot.Cli.Streams;

/// <summary><c>bootdepot stream mirror</c>: copies a stream, or the part that is wanted, into a folder.</summary>
internal static class MirrorCommand
{
    public static Command Create(CommandHost host)
    {
        var source = new SourceOptions();
        var folder = new Argument<string>("FOLDER") { Description = "Where the copy is made; any web server can serve it." };
        var filters = new Argument<string[]>("FILTER") { Description = "key=value, key!=value, key~regex or key!~regex; all must hold.", Arity = ArgumentArity.ZeroOrMore };
        var select = new Option<string[]>("--select")
        {
            Description = "Only this image, as OS/RELEASE or OS/RELEASE/ARCH,ARCH with * for any; repeatable. Boot loaders always come along.",
            HelpName = "IMAGE",
            DefaultValueFactory = _ => [],
        };
        var max = new Option<int?>("--max") { Description = "Keep the newest N versions of each product; older ones are removed after the new ones are there.", HelpName = "N" };
        var parallel = new Option<int>("--parallel") { Description = "Files fetched at once.", HelpName = "N", DefaultValueFactory = _ => 8 };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be fetched and removed, and do nothing." };
        var command = new Command("mirror", "Copy a stream, or a part of it, into a folder: verified, resumed, the publisher's signatures kept.")
        {
            select, max, parallel, dryRun,
        };
        source.AddTo(command);
        command.Add(folder);
        command.Add(filters);
        command.SetAction((p, cancel) => RunAsync(
            host, source.Choice(p), p.GetValue(folder)!, p.GetValue(filters)!, p.GetValue(select)!,
            new MirrorOptions(p.GetValue(max), p.GetValue(parallel), p.GetValue(dryRun)), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(
        CommandHost host, SourceChoice choice, string folder, string[] filters, string[] select, MirrorOptions options, CancellationToken cancel)
    {
        var filter = ItemFilter.Parse(filters);
        var selection = ImageSelection.Parse(select);
        await using var stream = await StreamSource.OpenAsync(host, choice, cancel);
        var read = await stream.ReadAsync(cancel);
        var items = read.Documents.SelectMany(d => filter.Select(d.Products, options.Newest)).Where(selection.Takes).ToList();
        using var mirror = new StreamMirror(host, stream, host.FullPath(folder), options);
        var result = await mirror.RunAsync(read, items, cancel);
        foreach (var fault in result.Faults)
            await host.Error.WriteLineAsync($"{host.ProgramName}: {fault.Message} [{fault.Code}]");
        var verb = options.DryRun ? "would fetch" : "fetched";
        await host.Error.WriteLineAsync(
            $"{folder}: {result.Files} files, {ByteSize.Text(result.Bytes)}; {verb} {result.Missing} files, {ByteSize.Text(result.FetchedBytes)}; removed {result.Removed}");
        if (result.Faults.Count > 0)
            await host.Error.WriteLineAsync("The documents were not published, so that the copy names only what it has. Run it again to go on from here.");
        return result.Faults.Count == 0 ? 0 : CommandFailure.Failed;
    }
}
