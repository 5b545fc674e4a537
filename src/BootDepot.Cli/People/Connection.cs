using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;
using BootDepot.Client.Profiles;
using BootDepot.Images;

namespace BootDepot.Cli.People;

/// <summary>
/// Which server the commands for people talk to: <c>--profile</c>; else <c>BOOTDEPOT_URL</c> and <c>BOOTDEPOT_API_KEY</c>; else
/// <c>MAAS_PROFILE</c>; else the profile chosen with <c>switch</c>, or the only one there is.
/// </summary>
internal sealed class Connection
{
    public Option<string?> Profile { get; } = new("--profile")
    {
        Description = "Profile of a login. Default: $BOOTDEPOT_URL with $BOOTDEPOT_API_KEY, else $MAAS_PROFILE, else the one chosen with 'switch' or the only one.",
        HelpName = "NAME",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON for scripts." };

    public void AddTo(Command command)
    {
        command.Add(Profile);
        command.Add(Json);
    }

    /// <exception cref="CommandFailure"><c>server-unknown</c>.</exception>
    public MaasClient Open(CommandHost host, ParseResult parsed)
    {
        var name = parsed.GetValue(Profile);
        if (name is null && Variable(host, "BOOTDEPOT_URL") is { } url)
        {
            var key = Variable(host, "BOOTDEPOT_API_KEY");
            return new MaasClient(new Uri(url), key is null ? null : MaasApiKey.Parse(key));
        }

        using var store = ProfileStore.Open(host.ProfilePath);
        name ??= Variable(host, "MAAS_PROFILE") ?? store.Default ?? (store.Names is [var only] ? only : null);
        if (name is null || store.TryLoad(name) is not { } profile)
        {
            var known = store.Names.Count == 0 ? "there are none yet" : "there are " + string.Join(", ", store.Names.Order(StringComparer.Ordinal));
            throw new CommandFailure(new Fault(
                "server-unknown",
                (name is null ? "No server was named" : $"There is no profile '{name}'")
                + $" (of profiles, {known}). Log in with: {host.ProgramName} login NAME http://HOST:5240/MAAS/ KEY; or set BOOTDEPOT_URL and BOOTDEPOT_API_KEY."));
        }

        return profile.Connect();
    }

    /// <summary>Runs a command against the server; what the server refuses, or a connection that fails, ends it with a message.</summary>
    public async Task<int> RunAsync(
        CommandHost host, ParseResult parsed, Func<MaasClient, bool, CancellationToken, Task<int>> body, CancellationToken cancel)
    {
        using var client = Open(host, parsed);
        try
        {
            return await body(client, parsed.GetValue(Json), cancel);
        }
        catch (MaasException e)
        {
            throw new CommandFailure(new Fault("server-refused", e.Message));
        }
        catch (System.Net.Http.HttpRequestException e)
        {
            throw new CommandFailure(new Fault("server-unreachable", $"{client.Url} cannot be reached: {e.Message}"));
        }
    }

    /// <summary>Makes a call; anything but success ends the command with what the server said.</summary>
    public static async Task<MaasAnswer> CallAsync(MaasClient client, MaasCall call, CancellationToken cancel) =>
        Ensure(call, await client.CallAsync(call, cancel));

    /// <summary>The answer if it is a success; else the command ends with what the server said.</summary>
    public static MaasAnswer Ensure(MaasCall call, MaasAnswer answer) => answer.IsSuccess
        ? answer
        : throw new CommandFailure(new Fault(
            "server-refused",
            $"{call.Method} {call.Path} was answered with {(int)answer.StatusCode} {answer.ReasonPhrase}: {answer.Text}"));

    private static string? Variable(CommandHost host, string name) =>
        host.Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
