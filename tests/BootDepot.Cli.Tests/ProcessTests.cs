using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests;

/// <summary>The executable as a process: its name, streams and exit codes.</summary>
public sealed class ProcessTests
{
    // From its own folder: beside the tests stand only the assemblies that the tests' frameworks lack.
    internal static readonly string Executable = Path.Combine(
        AppContext.BaseDirectory.Replace(
            Path.Combine("tests", "BootDepot.Cli.Tests"), Path.Combine("src", "BootDepot.Cli"), StringComparison.Ordinal),
        "bootdepot");

    [Theory]
    [InlineData("maas", "usage: maas [-h] COMMAND ...\n")]
    [InlineData("bootdepot", "usage: bootdepot COMMAND …")]
    public async Task Usage_shows_the_name_that_was_typed(string name, string usage)
    {
        var home = Directory.CreateTempSubdirectory("bootdepot-test-").FullName;
        try
        {
            var link = Path.Combine(home, name);
            File.CreateSymbolicLink(link, Executable);
            var help = await RunAsync(link, home, "-h");
            help.Code.ShouldBe(0);
            help.Out.ShouldContain(usage);
            var failed = await RunAsync(link, home, "nobody", "boot-resources", "read");
            (failed.Code, failed.Out).ShouldBe((2, ""));
            failed.Error.ShouldContain("invalid choice: 'nobody'");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task An_answer_is_passed_on_byte_for_byte_through_a_pipe()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await RunAsync(Executable, cli.Home, "admin", "boot-sources", "read");
        result.ShouldBe(new CliResult(0, maas.LastBody, ""));
    }

    internal static Task<CliResult> RunAsync(string program, string home, params string[] words) => RunAsync(program, home, new Dictionary<string, string>(), words);

    internal static async Task<CliResult> RunAsync(string program, string home, IReadOnlyDictionary<string, string> environment, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        start.Environment["HOME"] = home;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        SecretWatch.Read(string.Join(' ', words), await error);
        return new CliResult(process.ExitCode, await output, await error);
    }
}
