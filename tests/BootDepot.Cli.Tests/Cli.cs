using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client.Profiles;
using BootDepot.Testing;

[assembly: AssemblyFixture(typeof(SecretsAtTheEnd))]

namespace BootDepot.Cli.Tests;

/// <summary>Runs the command line inside this process, with a home folder of its own.</summary>
internal sealed class Cli : IDisposable
{
    private readonly TempFolder _home = new();

    public string Home => _home.Path;

    public string ProgramName { get; init; } = "maas";

    public bool OutIsTerminal { get; set; }

    public bool ErrorIsTerminal { get; set; }

    public string Input { get; set; } = "";

    public string? Secret { get; set; }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public CancellationToken Interrupted { get; set; } = CancellationToken.None;

    /// <summary>Stores a profile as a login would, without any request.</summary>
    public static async Task<Cli> LoggedInAsync(FakeMaas.FakeMaas maas, string program = "maas", string profile = "admin")
    {
        var cli = new Cli { ProgramName = program };
        var login = await cli.RunAsync("login", profile, maas.Url, FakeMaas.FakeMaas.Key);
        login.Code.ShouldBe(0, login.Error);
        maas.Clear();
        return cli;
    }

    public async Task<CliResult> RunAsync(params string[] words)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var host = new CommandHost
        {
            ProgramName = ProgramName,
            Out = output,
            Error = error,
            In = new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            IsOutTerminal = OutIsTerminal,
            IsErrorTerminal = ErrorIsTerminal,
            HomeFolder = Home,
            WorkingFolder = Home,
            Environment = Environment,
            ReadSecret = _ => Secret,
            Interrupted = Interrupted,
        };
        var code = await Dispatch.RunAsync(host, words);
        SecretWatch.Read("what a command told on standard error", error.ToString());
        return new CliResult(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    public string WriteFile(string name, byte[] content)
    {
        var path = Path.Combine(Home, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public ProfileStore Profiles() => ProfileStore.Open(Path.Combine(Home, ".maascli.db"));

    public void Dispose() => _home.Dispose();
}

internal sealed record CliResult(int Code, string Out, string Error);
