using System;
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
    /// <summary>Every verb of our own, those that only shells type included.</summary>
    public static IEnumerable<string> OwnVerbs => Verbs.Keys.Append(Completion.ScriptVerb).Append(Completion.AskVerb);

    /// <summary>Verb → its command. Methods that make methods: naming a command here loads nothing of what it needs.</summary>
    internal static Dictionary<string, Func<CommandHost, Command>> Verbs { get; } = new(StringComparer.Ordinal)
    {
        ["admin"] = host => Admin.AdminCommand.Create(host),
        ["apply"] = host => People.ApplyCommand.Create(host),
        ["boot"] = host => People.BootCommand.Create(host),
        ["bundle"] = host => Bundles.BundleCommand.Create(host),
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

    /// <summary>Second words that tell <c>admin</c>, also a usual name of a profile, from that profile.</summary>
    private static readonly string[] OwnAdminWords =
    [
        "create-user", "api-key", "rack-token", "stream-keyring", "gc", "scrub", "backup", "restore", "rotate-stream-key", "check",
        "move-database", "move-blobs", "-h", "--help",
    ];

    public static Task<int> RunAsync(CommandHost host, IReadOnlyList<string> words)
    {
        if (FrontPage.AnswerOrNull(host, words) is { } answered)
            return Task.FromResult(answered);
        var verb = words.Count > 0 ? RunnerOrNull(words[0]) : null;
        return verb is null || IsProfile(host, words) ? MaasProgram.RunAsync(host, words) : verb(host, words);
    }

    private static Func<CommandHost, IReadOnlyList<string>, Task<int>>? RunnerOrNull(string word) => word switch
    {
        Completion.ScriptVerb => (host, words) => Task.FromResult(Completion.PrintScript(host, words)),
        Completion.AskVerb => (host, words) => Task.FromResult(Completion.Answer(host, words)),
        _ => Verbs.TryGetValue(word, out var verb) ? (host, words) => CommandTree.RunAsync(host, words, verb) : null,
    };

    private static bool IsProfile(CommandHost host, IReadOnlyList<string> words)
    {
        if (words is ["admin", var second, ..] && Array.IndexOf(OwnAdminWords, second) >= 0 && host.ProgramName != "maas")
            return false;
        // A profile's name is followed by a resource: a verb alone or with options is ours, and needs no look into the store.
        if (words[0] != "admin" && (words.Count == 1 || words[1].StartsWith('-')))
            return false;
        return MaasProgram.HasProfile(host, words[0]);
    }
}
