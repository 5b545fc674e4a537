using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Threading.Tasks;
using BootDepot.Cli.Maas;

namespace BootDepot.Cli;

/// <summary>
/// Decides by the first word whose grammar the rest is: that of the <c>maas</c> command, or a verb of our own. Verbs are
/// methods, so that the assemblies they need are loaded only when they run.
/// </summary>
internal static class Dispatch
{
    /// <summary>First word → command. Each gets all words, its own included.</summary>
    public static FrozenDictionary<string, Func<CommandHost, IReadOnlyList<string>, Task<int>>> OwnVerbs { get; } =
        new Dictionary<string, Func<CommandHost, IReadOnlyList<string>, Task<int>>>(StringComparer.Ordinal)
        {
            ["admin"] = (host, words) => CommandTree.RunAsync(host, words, Admin.AdminCommand.Create),
            ["apply"] = (host, words) => CommandTree.RunAsync(host, words, People.ApplyCommand.Create),
            ["images"] = (host, words) => CommandTree.RunAsync(host, words, People.ImagesCommand.Create),
            ["import"] = (host, words) => CommandTree.RunAsync(host, words, People.ImportCommand.Create),
            ["region"] = (host, words) => CommandTree.RunAsync(host, words, Server.RegionCommand.Create),
            ["select"] = (host, words) => CommandTree.RunAsync(host, words, People.SelectCommand.Create),
            ["sources"] = (host, words) => CommandTree.RunAsync(host, words, People.SourcesCommand.Create),
            ["status"] = (host, words) => CommandTree.RunAsync(host, words, People.StatusCommand.Create),
            ["stream"] = (host, words) => CommandTree.RunAsync(host, words, Streams.StreamCommand.Create),
            ["upload"] = (host, words) => CommandTree.RunAsync(host, words, People.UploadCommand.Create),
            [Completion.ScriptVerb] = (host, words) => Task.FromResult(Completion.PrintScript(host, words)),
            [Completion.AskVerb] = (host, words) => Task.FromResult(Completion.Answer(host, words)),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Verbs that are also usual names of profiles → their second words, which decide.</summary>
    private static readonly FrozenDictionary<string, string[]> Ambiguous =
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["admin"] = ["create-user", "api-key", "stream-keyring", "-h", "--help"],
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Task<int> RunAsync(CommandHost host, IReadOnlyList<string> words)
    {
        if (words.Count > 0 && OwnVerbs.TryGetValue(words[0], out var verb) && !IsProfile(host, words))
            return verb(host, words);
        return MaasProgram.RunAsync(host, words);
    }

    private static bool IsProfile(CommandHost host, IReadOnlyList<string> words)
    {
        if (Ambiguous.TryGetValue(words[0], out var seconds) && words.Count > 1 && Array.IndexOf(seconds, words[1]) >= 0 && host.ProgramName != "maas")
            return false;
        return MaasProgram.HasProfile(host, words[0]);
    }
}
