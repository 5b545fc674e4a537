using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Client.Profiles;

namespace BootDepot.Cli.Maas;

/// <summary>The grammar of the <c>maas</c> command: account commands, and <c>PROFILE RESOURCE ACTION</c>.</summary>
internal sealed class MaasProgram
{
    private readonly CommandHost _host;
    private readonly HelpText _help;

    private MaasProgram(CommandHost host)
    {
        _host = host;
        _help = new HelpText(host.ProgramName, host.Width);
    }

    public static bool HasProfile(CommandHost host, string name)
    {
        if (!File.Exists(host.ProfilePath))
            return false;
        using var store = ProfileStore.Open(host.ProfilePath);
        return store.Names.Contains(name, StringComparer.Ordinal);
    }

    public static async Task<int> RunAsync(CommandHost host, IReadOnlyList<string> words)
    {
        var program = new MaasProgram(host);
        try
        {
            return await program.RunAsync(words);
        }
        catch (OperationCanceledException) when (host.Interrupted.IsCancellationRequested)
        {
            return 1;
        }
        catch (Exception e) when (host.Environment.ContainsKey("MAAS_CLI_VERBOSE_ERRORS"))
        {
            await host.Error.WriteLineAsync(e.ToString());
            return (e as CommandFailure)?.ExitCode ?? 2;
        }
        catch (CommandFailure e)
        {
            if (e.Help is not null)
                await host.Error.WriteAsync(e.Help + "\n");
            await host.Error.WriteLineAsync(e.Message);
            return e.ExitCode;
        }
        catch (Exception e)
        {
            var failure = Failures.Explain(e, host);
            if (failure.ExitCode == 2)
                await host.Error.WriteAsync(program._help.Top(program.ProfileNames()) + "\n");
            await host.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        // --debug before the profile is taken and does nothing, as ever.
        var rest = words.Where((w, i) => !(i == 0 && w == "--debug")).ToList();
        if (rest.Count == 0)
            throw CommandFailure.Usage(_help.Top(ProfileNames()), "too few arguments");
        var first = rest[0];
        rest.RemoveAt(0);
        if (IsHelp(first))
        {
            _host.WriteOut(_help.Top(ProfileNames()));
            return 0;
        }

        var account = new AccountCommands(_host, _help);
        return first switch
        {
            "login" => await account.LoginAsync(rest),
            "logout" => account.Logout(rest),
            "list" => account.List(rest),
            "refresh" => await account.RefreshAsync(rest),
            "switch" => account.Switch(rest),
            _ => await RunProfileAsync(first, rest),
        };
    }

    private async Task<int> RunProfileAsync(string name, List<string> rest)
    {
        var profile = ProfileOrNull(name);
        if (profile is null)
            throw UnknownProfile(name);
        using var document = profile.ParseDescription();
        var description = Description.Read(document.RootElement, profile.IsAnonymous);
        var help = _help.Profile(profile, description);
        if (rest.Count == 0)
            throw CommandFailure.Usage(help, "too few arguments");
        if (IsHelp(rest[0]))
        {
            _host.WriteOut(help);
            return 0;
        }

        OldSpellings.Rewrite(rest, description);
        var resource = description.FindOrNull(rest[0]);
        if (resource is null && OldSpellings.IsOld(rest))
            return await OldSpellings.RunAsync(_host, _help, profile, rest);
        if (resource is null)
            throw CommandFailure.Usage(help, InvalidChoice(rest[0], description.Resources.Select(r => r.Command)));
        return await RunResourceAsync(profile, description, resource, rest.Skip(1).ToList());
    }

    private async Task<int> RunResourceAsync(MaasProfile profile, Description description, ApiResource resource, List<string> rest)
    {
        var help = _help.Resource(profile.Name, resource);
        if (rest.Count == 0)
            throw CommandFailure.Usage(help, "too few arguments");
        if (IsHelp(rest[0]))
        {
            _host.WriteOut(help);
            return 0;
        }

        var action = resource.FindOrNull(rest[0])
            ?? throw CommandFailure.Usage(help, InvalidChoice(rest[0], resource.Actions.Select(a => a.Command)));
        var command = new ActionCommand(_host, _help, _help.Top(ProfileNames()), profile, description, resource, action);
        return await command.RunAsync(rest.Skip(1).ToList());
    }

    private CommandFailure UnknownProfile(string word)
    {
        var profiles = ProfileNames();
        var message = InvalidChoice(word, HelpText.TopCommands.Select(c => c.Name).Concat(profiles));
        if (OldSpellings.KnownResources.Contains(word))
        {
            message += $"\n\n'{word}' is a command of a profile, and no profile name stands before it (an unset variable?)."
                + (profiles.Count == 0
                    ? $"\nThere is no profile yet. Log in: {_host.ProgramName} login PROFILE http://HOST:5240/MAAS/ API-KEY"
                    : $"\nProfiles: {string.Join(", ", profiles)}. Type: {_host.ProgramName} {profiles[0]} {word} ...");
        }

        return CommandFailure.Usage(_help.Top(profiles), message);
    }

    private IReadOnlyList<string> ProfileNames()
    {
        if (!File.Exists(_host.ProfilePath))
            return [];
        using var store = ProfileStore.Open(_host.ProfilePath);
        return store.Names;
    }

    private MaasProfile? ProfileOrNull(string name)
    {
        if (!File.Exists(_host.ProfilePath))
            return null;
        using var store = ProfileStore.Open(_host.ProfilePath);
        return store.TryLoad(name);
    }

    internal static bool IsHelp(string word) => word is "-h" or "--help" or "--hel" or "--he" or "--h";

    internal static string InvalidChoice(string word, IEnumerable<string> choices) =>
        $"argument COMMAND: invalid choice: '{word}' (choose from {string.Join(", ", choices.Select(c => $"'{c}'"))})";
}
