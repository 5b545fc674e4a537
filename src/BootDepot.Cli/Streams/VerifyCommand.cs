using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Cli.Streams;

/// <summary><c>bootdepot stream verify</c>: checks signatures, documents, and on request every file.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandHost host)
    {
        var source = new SourceOptions();
        var items = new Option<bool>("--items") { Description = "Also fetch every file and compare its size and SHA-256." };
        var command = new Command("verify", "Check a stream: signatures, documents, and with --items every file.") { items };
        source.AddTo(command);
        command.SetAction((p, cancel) => RunAsync(host, source.Choice(p), p.GetValue(items), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(CommandHost host, SourceChoice choice, bool items, CancellationToken cancel)
    {
        await using var stream = await StreamSource.OpenAsync(host, choice, cancel);
        var read = await stream.ReadAsync(cancel);
        host.WriteOut(Line(stream.Location.IndexPath, read.Index.Signature?.Key.ToString(), $"{read.Documents.Count} documents"));
        foreach (var document in read.Documents)
        {
            host.WriteOut(Line(
                document.Path, document.Fetched.Signature?.Key.ToString(),
                $"{document.Products.Products.Count} products, {document.Products.Flatten().Count()} items"));
        }

        if (!items)
            return 0;
        var faults = await VerifyItemsAsync(host, stream, read, cancel);
        foreach (var fault in faults)
            await host.Error.WriteLineAsync($"{host.ProgramName}: {fault.Message} [{fault.Code}]");
        return faults.Count == 0 ? 0 : CommandFailure.Failed;
    }

    private static async Task<IReadOnlyList<Fault>> VerifyItemsAsync(CommandHost host, StreamSource stream, ReadStream read, CancellationToken cancel)
    {
        var faults = new List<Fault>();
        using var checker = new ItemChecker(stream, host.Time);
        var wanted = new Dictionary<string, FlatItem>(StringComparer.Ordinal);
        foreach (var item in read.Documents.SelectMany(d => d.Products.Flatten()))
        {
            if (item["path"] is { } path)
                wanted.TryAdd(path, item);
        }

        long bytes = 0;
        foreach (var item in wanted.Values)
        {
            var fault = await checker.FaultOrNullAsync(item, cancel);
            if (fault is not null)
                faults.Add(fault);
            bytes += item.GetSizeOrNull() ?? 0;
        }

        host.WriteOut($"{wanted.Count - faults.Count} of {wanted.Count} files are good, {ByteSize.Text(bytes)} in all\n");
        return faults;
    }

    private static string Line(StreamPath path, string? key, string what) =>
        $"{path}: {what}, {(key is null ? "not verified" : "signed by " + key)}\n";
}
