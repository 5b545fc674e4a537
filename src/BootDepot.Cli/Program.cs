using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Cli;

/// <summary>Entry of the executable: the only place that looks at the process.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["region" or "rack", ..])
            SwitchTelemetryOff();
        using var interrupt = new CancellationTokenSource();
        // Not Console.CancelKeyPress, which sets up a terminal first.
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        await using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        await using var output = Console.OpenStandardOutput();
        var host = new CommandHost
        {
            ProgramName = ProgramName(),
            Out = output,
            Error = error,
            In = Console.OpenStandardInput(),
            IsOutTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            IsInTerminal = !Console.IsInputRedirected,
            HomeFolder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            WorkingFolder = Environment.CurrentDirectory,
            Environment = Variables(),
            Width = Console.IsOutputRedirected ? 80 : Math.Max(40, Console.WindowWidth),
            ReadSecret = prompt => SecretPrompt.ReadOrNull(prompt, error),
            Interrupted = interrupt.Token,
        };
        return await Dispatch.RunAsync(host, args);

        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupt.Cancel();
        }
    }

    // A command is gone before anybody could collect its metrics, and making the instruments costs a tenth of its time.
    private static void SwitchTelemetryOff()
    {
        AppContext.SetSwitch("System.Diagnostics.Metrics.Meter.IsSupported", false);
        AppContext.SetSwitch("System.Net.Http.EnableActivityPropagation", false);
    }

    private static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = variable.Value as string ?? "";
        return variables;
    }

    // The runtime resolves links and tells its own name; what was typed stands in /proc.
    private static string ProgramName()
    {
        try
        {
            var typed = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
            var name = Path.GetFileNameWithoutExtension(typed);
            return name is "" or "dotnet" ? "bootdepot" : name;
        }
        catch (IOException)
        {
            return "bootdepot";
        }
    }
}
