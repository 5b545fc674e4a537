using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using BootDepot.Cli.Output;

namespace BootDepot.Cli;

/// <summary>
/// What <c>bootdepot</c> says of itself as a whole: <c>--version</c>, and help that lists our own verbs besides the grammar of the
/// <c>maas</c> command. Called by the name <c>maas</c>, the program shows that command's help instead.
/// </summary>
internal static class FrontPage
{
    /// <summary>Answers when the words ask for it; null when they are for somebody else.</summary>
    public static int? AnswerOrNull(CommandHost host, IReadOnlyList<string> words)
    {
        if (words is ["--version"])
        {
            host.WriteOut($"bootdepot {Version}\n");
            return 0;
        }

        if (host.ProgramName == "maas" || words is not ([] or ["-h"] or ["--help"]))
            return null;
        if (words.Count > 0)
        {
            host.WriteOut(Help(host));
            return 0;
        }

        host.Error.Write(Help(host));
        return CommandFailure.Failed;
    }

    private static string Version =>
        typeof(FrontPage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static string Help(CommandHost host)
    {
        var rows = Dispatch.Verbs.Values.Select(v => v(host)).OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => $"  {v.Name,-10}{v.Description}\n");
        return $"""
            OS images for bare metal.

            usage: {host.ProgramName} COMMAND …            (help of one: {host.ProgramName} COMMAND --help)

            {string.Concat(rows)}
            As the maas command, against a region or a MAAS:
              {host.ProgramName} login PROFILE URL [KEY]      also: logout, list, refresh, switch
              {host.ProgramName} PROFILE RESOURCE ACTION …    as in: {host.ProgramName} depot boot-resources read
              {host.ProgramName} PROFILE --help               what a profile's server offers

            """;
    }
}
