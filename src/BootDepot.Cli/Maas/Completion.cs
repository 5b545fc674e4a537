using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BootDepot.Client.Profiles;

namespace BootDepot.Cli.Maas;

/// <summary>
/// Shell completion. <c>bootdepot completion bash</c> prints the script; the script asks <c>bootdepot __complete WORDS</c>
/// for what can stand where the last word does.
/// </summary>
internal static class Completion
{
    public const string ScriptVerb = "completion";
    public const string AskVerb = "__complete";

    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    // Parameters of the image commands, for name= after an action.
    private static readonly Dictionary<string, string[]> Data = new(StringComparer.Ordinal)
    {
        ["boot-resources create"] = ["name=", "title=", "architecture=", "filetype=", "base_image=", "content@="],
        ["boot-resources read"] = ["type="],
        ["boot-sources create"] = ["url=", "keyring_filename=", "keyring_data@=", "name=", "priority=", "enabled=", "skip_keyring_verification="],
        ["boot-source update"] = ["url=", "keyring_filename=", "keyring_data@=", "name=", "priority=", "enabled=", "skip_keyring_verification="],
        ["boot-source-selections create"] = ["os=", "release=", "arches=", "subarches=", "labels="],
        ["boot-source-selection update"] = ["os=", "release=", "arches=", "subarches=", "labels="],
        ["maas get-config"] = ["name="],
        ["maas set-config"] = ["name=", "value="],
    };

    public static int PrintScript(CommandHost host, IReadOnlyList<string> words)
    {
        if (words is not [_, "bash" or "zsh" or "fish"])
        {
            host.Error.WriteLine($"usage: {host.ProgramName} completion bash|zsh|fish");
            return 2;
        }

        var program = host.ProgramName;
        host.WriteOut(words[1] switch
        {
            "bash" => $$"""
                _{{program}}() {
                  local IFS=$'\n'
                  COMPREPLY=($({{program}} __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
                  [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
                }
                complete -o default -F _{{program}} {{program}}

                """,
            "zsh" => $$"""
                #compdef {{program}}
                _{{program}}() {
                  local -a found
                  found=("${(@f)$({{program}} __complete "${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
                  compadd -S '' -- $found || _files
                }
                compdef _{{program}} {{program}}

                """,
            _ => $"complete -c {program} -a '({program} __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'\n",
        });
        return 0;
    }

    public static int Answer(CommandHost host, IReadOnlyList<string> words)
    {
        var before = words.Skip(1).SkipLast(1).ToList();
        var current = words.Count > 1 ? words[^1] : "";
        foreach (var candidate in Candidates(host, before).Where(c => c.StartsWith(current, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
            host.WriteOut(candidate + "\n");
        return 0;
    }

    private static IEnumerable<string> Candidates(CommandHost host, List<string> before)
    {
        if (before is [ScriptVerb])
            return Shells;
        if (!File.Exists(host.ProfilePath))
            return before.Count == 0 ? HelpText.TopCommands.Select(c => c.Name).Concat(Dispatch.OwnVerbs.Order(StringComparer.Ordinal)) : [];
        using var store = ProfileStore.Open(host.ProfilePath);
        if (before.Count == 0)
            return [.. HelpText.TopCommands.Select(c => c.Name), .. store.Names, .. Dispatch.OwnVerbs.Where(v => v != AskVerb).Order(StringComparer.Ordinal)];
        if (before is ["logout" or "switch"])
            return store.Names;
        if (store.TryLoad(before[0]) is not { } profile)
            return [];
        using var document = profile.ParseDescription();
        var description = Description.Read(document.RootElement, profile.IsAnonymous);
        if (before.Count == 1)
            return [.. description.Resources.Select(r => r.Command)];
        if (description.FindOrNull(before[1]) is not { } resource)
            return [];
        return before.Count == 2
            ? [.. resource.Actions.Select(a => a.Command)]
            : Data.GetValueOrDefault($"{before[1]} {before[2]}") ?? [];
    }
}
