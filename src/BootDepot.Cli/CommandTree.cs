using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Cli.Output;
using BootDepot.Simplestreams;

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
        catch (CommandFailure e)
        {
            return await FailAsync(host, e.Message, e.Fault.Code, e.ExitCode);
        }
        catch (StreamException e)
        {
            return await FailAsync(host, e.Message, e.Code, CommandFailure.Failed);
        }
        catch (CatalogException e)
        {
            return await FailAsync(host, e.Message, e.Fault.Code, CommandFailure.Failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(host, e.Message, "input-output", CommandFailure.Failed);
        }
        catch (OperationCanceledException) when (host.Interrupted.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    private static async Task<int> FailAsync(CommandHost host, string message, string code, int exitCode)
    {
        await host.Error.WriteLineAsync($"{host.ProgramName}: {message} [{code}]");
        return exitCode;
    }
}
