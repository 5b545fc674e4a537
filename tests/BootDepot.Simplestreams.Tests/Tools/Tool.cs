using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace BootDepot.Simplestreams.Tests.Tools;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    public static ToolResult Run(string program, ReadOnlySpan<byte> input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var errors = "";
        var reader = new Thread(() => errors = process.StandardError.ReadToEnd());
        reader.Start();
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program may end before it read everything.
        }

        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        reader.Join();
        return new ToolResult(process.ExitCode, output.ToArray(), errors);
    }
}

internal sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    public byte[] Required() => ExitCode == 0 ? Output : throw new InvalidOperationException($"Exit code {ExitCode}: {Errors}");
}
