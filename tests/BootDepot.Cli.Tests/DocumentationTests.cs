using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Cli.Maas;
using BootDepot.Cli.Tests.Maas;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests;

/// <summary>
/// docs/cli holds a page per command and docs/man the manual page, both made from the definitions of the commands and
/// from a region's own description. After a change run once with BOOTDEPOT_UPDATE_DOCS=1.
/// </summary>
public sealed class DocumentationTests(RunningRegion region) : IClassFixture<RunningRegion>
{
    [Fact]
    public async Task Every_command_has_a_current_page()
    {
        var pages = await PagesAsync();
        pages["README.md"] = Index(pages.Keys);
        var folder = Path.Combine(Checkout.Root, "docs", "cli");
        if (Environment.GetEnvironmentVariable("BOOTDEPOT_UPDATE_DOCS") == "1")
            Write(folder, pages);
        Directory.EnumerateFiles(folder, "*.md").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
            .ShouldBe(pages.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, text) in pages)
            File.ReadAllText(Path.Combine(folder, name)).ShouldBe(text, name);
    }

    [Fact]
    public void The_manual_page_is_current()
    {
        var file = Path.Combine(Checkout.Root, "docs", "man", "bootdepot.1");
        var text = Manual();
        if (Environment.GetEnvironmentVariable("BOOTDEPOT_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        File.ReadAllText(file).ShouldBe(text);
    }

    [Fact]
    public async Task Completion_knows_profiles_resources_actions_and_fields()
    {
        async Task<string[]> AskAsync(params string[] words) =>
            (await region.Cli.RunAsync(["__complete", .. words])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (await AskAsync("ad")).ShouldBe(["admin"]);
        (await AskAsync("admin", "boot-res")).ShouldBe(["boot-resource", "boot-resource-file-upload", "boot-resources"]);
        (await AskAsync("admin", "boot-resources", "cre")).ShouldBe(["create", "create-whole"]);
        (await AskAsync("admin", "boot-resources", "create", "con")).ShouldBe(["content@="]);
        foreach (var shell in new[] { "bash", "zsh", "fish" })
            (await region.Cli.RunAsync("completion", shell)).Out.ShouldContain("__complete");
        (await region.Cli.RunAsync("completion", "tcsh")).Code.ShouldBe(2);
    }

    private async Task<Dictionary<string, string>> PagesAsync()
    {
        var pages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, about) in HelpText.TopCommands)
            pages[name + ".md"] = Page($"bootdepot {name}", about, await HelpAsync(name));
        foreach (var (resource, action) in Actions())
        {
            pages[$"{resource.Command}-{action.Command}.md"] = Page(
                $"bootdepot PROFILE {resource.Command} {action.Command}",
                $"Sends `{action.Method} {resource.Path}{(action.Operation is null ? "" : $"?op={action.Operation}")}`.",
                await HelpAsync("admin", resource.Command, action.Command));
        }

        await AddVerbsAsync(pages);
        return pages;
    }

    // Verbs of our own, each with what it has below it.
    private static async Task AddVerbsAsync(Dictionary<string, string> pages)
    {
        using var cli = new Cli { ProgramName = "bootdepot" };
        var host = new CommandHost
        {
            ProgramName = "bootdepot", Out = Stream.Null, Error = TextWriter.Null, In = Stream.Null, HomeFolder = cli.Home, WorkingFolder = cli.Home,
        };
        var open = new Stack<(Command Command, string[] Words)>(Dispatch.Verbs.Values.Select(v => v(host)).Select(v => (v, new[] { v.Name })));
        while (open.TryPop(out var next))
        {
            foreach (var below in next.Command.Subcommands)
                open.Push((below, [.. next.Words, below.Name]));
            var help = await cli.RunAsync([.. next.Words, "--help"]);
            help.Code.ShouldBe(0);
            pages[string.Join('-', next.Words) + ".md"] =
                $"# bootdepot {string.Join(' ', next.Words)}\n\n{next.Command.Description}\n\n```text\n{Trimmed(help.Out)}\n```\n\nExit codes: 0 done; 2 not done, with the reason on standard error; 130 interrupted.\n";
        }
    }

    // The name of the process that runs the tests is not that of the program; and a default that depends on the machine is told in words.
    private static string Trimmed(string help) => string.Join('\n', help.Split('\n').Select(l => l.Contains("Default: $") && l.IndexOf(" [default: ", StringComparison.Ordinal) is > 0 and var at ? l[..at] : l.TrimEnd())).Trim()
        .Replace(RootCommand.ExecutableName, "bootdepot", StringComparison.Ordinal);

    private List<(ApiResource Resource, ApiAction Action)> Actions()
    {
        using var store = region.Cli.Profiles();
        using var document = JsonDocument.Parse(store.Load("admin").Description);
        return [.. Description.Read(document.RootElement, anonymous: false).Resources.SelectMany(r => r.Actions.Select(a => (r, a)))];
    }

    private async Task<string> HelpAsync(params string[] words)
    {
        using var cli = new Cli { ProgramName = "bootdepot" };
        File.Copy(Path.Combine(region.Cli.Home, ".maascli.db"), Path.Combine(cli.Home, ".maascli.db"));
        var help = await cli.RunAsync([.. words, "-h"]);
        help.Code.ShouldBe(0);
        return help.Out.Replace("bootdepot admin ", "bootdepot PROFILE ", StringComparison.Ordinal).TrimEnd();
    }

    private static string Page(string command, string about, string help) =>
        $"# {command}\n\n{about}\n\n```text\n{help}\n```\n\nExit codes: 0 done; 1 refused before or at login, bad word, certificate; 2 all else.\n";

    private static string Index(IEnumerable<string> pages)
    {
        var text = new StringBuilder("# Commands\n\nMade from the definitions of the commands; see also [coming from MAAS](../coming-from-maas.md).\n\n");
        foreach (var page in pages.Order(StringComparer.Ordinal))
            text.Append($"- [{page[..^3]}]({page})\n");
        return text.ToString();
    }

    private string Manual()
    {
        var text = new StringBuilder(".TH BOOTDEPOT 1\n.SH NAME\nbootdepot \\- OS images for bare metal, and the maas command's grammar\n.SH SYNOPSIS\n");
        text.Append(".nf\nbootdepot COMMAND ...\nbootdepot PROFILE RESOURCE ACTION [POSITIONAL ...] [NAME=VALUE | NAME@=FILE ...]\n.fi\n.SH COMMANDS\n");
        foreach (var (name, about) in HelpText.TopCommands)
            text.Append($".TP\n.B {Roff(name)}\n{Roff(about)}\n");
        text.Append(".SH IMAGE COMMANDS\n");
        foreach (var (resource, action) in Actions())
            text.Append($".TP\n.B {Roff($"{resource.Command} {action.Command}{string.Concat(resource.Parameters.Select(p => " " + p))}")}\n{Roff(action.Title)}\n");
        text.Append(".SH FILES\n.TP\n.I ~/.maascli.db\nProfiles, as the maas command keeps them.\n");
        text.Append(".SH ENVIRONMENT\n.TP\n.B MAAS_CLI_VERBOSE_ERRORS\nShow exceptions whole.\n");
        text.Append(".SH EXIT STATUS\n0 done; 1 refused before or at login, bad word, certificate; 2 all else.\n");
        return text.ToString();
    }

    // A dot at the start of a line would be a request of roff.
    private static string Roff(string text)
    {
        var line = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace('\n', ' ').Trim();
        return line.StartsWith('.') ? "\\&" + line : line;
    }

    private static void Write(string folder, Dictionary<string, string> pages)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in pages)
            File.WriteAllText(Path.Combine(folder, name), text);
    }
}
