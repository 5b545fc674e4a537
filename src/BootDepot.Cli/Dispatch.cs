using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
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
        Verbs.Select(v => KeyValuePair.Create(v.Key, Run(v.Value)))
            .Append(new(Completion.ScriptVerb, (host, words) => Task.FromResult(Completion.PrintScript(host, words))))
            .Append(new(Completion.AskVerb, (host, words) => Task.FromResult(Completion.Answer(host, words))))
            .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Verb → its command. Methods that make methods: naming a command here loads nothing of what it needs.</summary>
    internal static Dictionary<string, Func<CommandHost, Command>> Verbs => new(StringComparer.Ordinal)
    {
        ["admin"] = host => Admin.AdminCommand.Create(host),
        ["apply"] = host => People.ApplyCommand.Create(host),
        ["boot"] = host => People.BootCommand.Create(host),
        ["delete"] = host => People.DeletionCommands.Delete(host),
        ["images"] = host => People.ImagesCommand.Create(host),
        ["import"] = host => People.ImportCommand.Create(host),
        ["pin"] = host => People.VersionCommands.Pin(host),
        ["promote"] = host => People.VersionCommands.Promote(host),
        ["rack"] = host => Server.RackCommand.Create(host),
        ["racks"] = host => People.RacksCommand.Create(host),
        ["region"] = host => Server.RegionCommand.Create(host),
        ["rollback"] = host => People.VersionCommands.RollBack(host),
        ["select"] = host => People.SelectCommand.Create(host),
        ["sources"] = host => People.SourcesCommand.Create(host),
        ["status"] = host => People.StatusCommand.Create(host),
        ["storage"] = host => People.DeletionCommands.Storage(host),
        ["stream"] = host => Streams.StreamCommand.Create(host),
        ["undelete"] = host => People.DeletionCommands.Undelete(host),
        ["unpin"] = host => People.VersionCommands.Unpin(host),
        ["upload"] = host => People.UploadCommand.Create(host),
        ["versions"] = host => People.VersionCommands.Versions(host),
    };

    /// <summary>Verbs that are also usual names of profiles → their second words, which decide.</summary>
    private static readonly FrozenDictionary<string, string[]> Ambiguous =
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["admin"] = ["create-user", "api-key", "rack-token", "stream-keyring", "gc", "scrub", "backup", "restore", "rotate-stream-key", "check", "move-database", "move-blobs", "-h", "--help"],
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Task<int> RunAsync(CommandHost host, IReadOnlyList<string> words)
    {
        if (FrontPage.AnswerOrNull(host, words, Verbs.Values) is { } answered)
            return Task.FromResult(answered);
        if (words.Count > 0 && OwnVerbs.TryGetValue(words[0], out var verb) && !IsProfile(host, words))
            return verb(host, words);
        return MaasProgram.RunAsync(host, words);
    }

    private static Func<CommandHost, IReadOnlyList<string>, Task<int>> Run(Func<CommandHost, Command> verb) =>
        (host, words) => CommandTree.RunAsync(host, words, verb);

    private static bool IsProfile(CommandHost host, IReadOnlyList<string> words)
    {
        if (Ambiguous.TryGetValue(words[0], out var seconds) && words.Count > 1 && Array.IndexOf(seconds, words[1]) >= 0 && host.ProgramName != "maas")
            return false;
        return MaasProgram.HasProfile(host, words[0]);
    }
}
