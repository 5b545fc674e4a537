using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace BootDepot.Testing;

/// <summary>Runs what a person would type.</summary>
public static class Shell
{
    /// <summary>Runs a bash script; its standard output. A failure throws with all it said.</summary>
    public static async Task<string> RunAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return bash.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"The script ended with {bash.ExitCode}.\n{await output}\n{await errors}");
    }
}
