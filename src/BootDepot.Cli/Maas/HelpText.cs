using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using BootDepot.Client.Profiles;

namespace BootDepot.Cli.Maas;

/// <summary>The help of each level, in the layout people know: usage, options, then what can be typed next.</summary>
internal sealed class HelpText(string program, int width)
{
    public static readonly CommandOption HelpOption = CommandOption.Switch("show this help message and exit", "-h", "--help");

    /// <summary>Commands that need no profile.</summary>
    public static readonly (string Name, string Help)[] TopCommands =
    [
        ("login", "Log in to a server, and remember it under a profile name."),
        ("logout", "Forget a profile."),
        ("list", "List the profiles, with their keys."),
        ("refresh", "Read the API descriptions of all profiles again."),
        ("switch", "Choose the profile that is used where none is named."),
    ];

    public string Top(IEnumerable<string> profiles)
    {
        var text = new StringBuilder($"usage: {program} [-h] COMMAND ...\n\n");
        Options(text, [HelpOption]);
        text.Append("\ndrill down:\n  COMMAND\n");
        foreach (var (name, help) in TopCommands)
            Entry(text, "    " + name, help);
        foreach (var profile in profiles)
            Entry(text, "    " + profile, "Use this profile: " + $"{program} {profile} --help");
        text.Append($"\nImages: {program} PROFILE boot-resources --help\n");
        return text.ToString();
    }

    public string Profile(MaasProfile profile, Description description)
    {
        var text = new StringBuilder($"usage: {program} {profile.Name} [-h] COMMAND ...\n\n");
        text.Append(Wrap($"Issue commands to the MAAS region controller at {profile.Url}.", "")).Append("\n\n");
        Options(text, [HelpOption]);
        text.Append("\ndrill down:\n  COMMAND\n");
        foreach (var resource in description.Resources)
            Entry(text, "    " + resource.Command, FirstLine(resource.Doc));
        return text.ToString();
    }

    public string Resource(string profile, ApiResource resource)
    {
        var text = new StringBuilder($"usage: {program} {profile} {resource.Command} [-h] COMMAND ...\n\n");
        Paragraphs(text, resource.Doc);
        Options(text, [HelpOption]);
        text.Append("\ndrill down:\n  COMMAND\n");
        foreach (var action in resource.Actions)
            Entry(text, "    " + action.Command, FirstLine(action.Title));
        return text.ToString();
    }

    public string Action(string profile, ApiResource resource, ApiAction action, IReadOnlyList<CommandOption> options)
    {
        var positionals = string.Concat(resource.Parameters.Select(p => " " + p)) + (action.TakesData ? " [data ...]" : "");
        var text = new StringBuilder($"usage: {program} {profile} {resource.Command} {action.Command} [-h] [-d] [-k]{positionals}\n\n");
        Paragraphs(text, action.Doc);
        if (resource.Parameters.Count > 0 || action.TakesData)
        {
            text.Append("positional arguments:\n");
            foreach (var parameter in resource.Parameters)
                text.Append("  ").Append(parameter).Append('\n');
            if (action.TakesData)
                Entry(text, "  data", "Fields as name=value; name@=file sends the content of a file.");
            text.Append('\n');
        }

        Options(text, [HelpOption, .. options]);
        return text.ToString();
    }

    /// <summary>A top command's help.</summary>
    public string Command(string name, string usage, string about, IReadOnlyList<CommandOption> options)
    {
        var text = new StringBuilder($"usage: {program} {name} [-h] {usage}".TrimEnd()).Append("\n\n");
        Paragraphs(text, about);
        Options(text, [HelpOption, .. options]);
        return text.ToString();
    }

    public string Wrap(string paragraph, string indent) => Wrap(paragraph, indent, width);

    public static string Wrap(string paragraph, string indent, int width)
    {
        var text = new StringBuilder(indent);
        var column = indent.Length;
        foreach (var word in paragraph.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > indent.Length && column + 1 + word.Length > width)
            {
                text.Append('\n').Append(indent);
                column = indent.Length;
            }
            else if (column > indent.Length)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        return text.ToString();
    }

    private static string FirstLine(string doc) => doc.Trim().Split('\n')[0].Trim();

    private void Options(StringBuilder text, IReadOnlyList<CommandOption> options)
    {
        text.Append("options:\n");
        foreach (var option in options)
        {
            var value = option.Value is null ? "" : " " + option.Value;
            Entry(text, "  " + string.Join(", ", option.Names.Select(n => n + value)), option.Help);
        }
    }

    private void Entry(StringBuilder text, string name, string help)
    {
        const int Column = 24;
        if (help.Length == 0)
        {
            text.Append(name).Append('\n');
            return;
        }

        var wrapped = Wrap(help, new string(' ', Column));
        text.Append(name.Length + 2 <= Column ? name.PadRight(Column) + wrapped[Column..] : name + "\n" + wrapped).Append('\n');
    }

    private void Paragraphs(StringBuilder text, string doc)
    {
        // Lines that name parameters stay lines; the rest is wrapped.
        foreach (var paragraph in doc.Trim().Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (paragraph.TrimStart().StartsWith(':'))
                text.Append(paragraph.Trim('\n')).Append("\n\n");
            else
                text.Append(Wrap(paragraph, "")).Append("\n\n");
        }
    }
}
