using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Cli.Output;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Transfers.Bundles;

namespace BootDepot.Cli;

/// <summary>Runs one verb of our own: parses its words, and turns what went wrong into a line on standard error and an exit code.</summary>
internal static class CommandTree
{
    /// <summary>Interrupted by the user, as shells report it.</summary>
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(CommandHost host, IReadOnlyList<string> words, Func<CommandHost, Command> verb)
    {
        var root = new RootCommand("OS images for bare metal.") { verb(host) };
        await using var output = new StreamWriter(host.Out, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // the program itself turns signals into the token
        };
        try
        {
            return await root.Parse(words).InvokeAsync(configuration, host.Interrupted);
        }
        catch (Exception e) when (ExplainedOrNull(e) is { } fault)
        {
            await host.Error.WriteLineAsync($"{host.ProgramName}: {fault.Message} [{fault.Code}]");
            return (e as CommandFailure)?.ExitCode ?? CommandFailure.Failed;
        }
        catch (OperationCanceledException) when (host.Interrupted.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    /// <summary>What a person can do something about; null for what is a bug. Apart, so that its types are loaded on failures only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Fault? ExplainedOrNull(Exception e) => e switch
    {
        CommandFailure failure => new Fault(failure.Fault.Code, failure.Message),
        StreamException stream => new Fault(stream.Code, stream.Message),
        BundleException bundle => bundle.Fault,
        CatalogException catalog => new Fault(catalog.Fault.Code, catalog.Message),
        IOException or UnauthorizedAccessException => new Fault("input-output", e.Message),
        _ => null,
    };
}
