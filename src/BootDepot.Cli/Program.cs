using System;
using System.Collections;
using System.IO;
using System.Linq;
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
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupt.Cancel();
        };
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            interrupt.Cancel();
        });
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
            Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => e.Value as string ?? "", StringComparer.Ordinal),
            Width = Console.IsOutputRedirected ? 80 : Math.Max(40, Console.WindowWidth),
            ReadSecret = prompt => SecretPrompt.ReadOrNull(prompt, error),
            Interrupted = interrupt.Token,
        };
        return await Dispatch.RunAsync(host, args);
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
