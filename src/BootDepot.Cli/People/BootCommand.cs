using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using BootDepot.Cli.Output;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot boot</c>: what machines boot from racks, and how that went.</summary>
internal static class BootCommand
{
    private const string Assignments = "boot-assignments/";

    public static Command Create(CommandHost host) => new("boot", "What machines boot from racks, and how it went.")
    {
        Assign(host), List(host), Clear(host), Log(host), Origin(host),
    };

    private static Argument<string> Target() => new("TARGET") { Description = "A MAC address, an architecture such as amd64, or default." };

    private static Command Assign(CommandHost host)
    {
        var target = Target();
        var image = new Argument<string?>("IMAGE") { Description = "os/release; needed for ephemeral and install.", Arity = ArgumentArity.ZeroOrOne };
        var mode = new Option<string?>("--mode") { Description = "menu, ephemeral, install or local. Default: ephemeral with an image, else menu.", HelpName = "MODE" };
        var kernel = new Option<string?>("--kernel") { Description = "Kernel line, such as ga-24.04.", HelpName = "LINE" };
        var version = new Option<string?>("--version") { Description = "A version to stay with; the newest when left out.", HelpName = "VERSION" };
        var parameters = new Option<string?>("--parameters") { Description = "Words for the kernel's command line.", HelpName = "WORDS" };
        var disk = new Option<string?>("--disk") { Description = "Disk to install on; the first that is large enough when left out.", HelpName = "DEVICE" };
        return new Command("assign", "Say what a machine, the machines of an architecture, or any machine boots.") { target, image, mode, kernel, version, parameters, disk }
            .On(host, new Connection(), async (p, client, json, cancel) =>
            {
                var what = p.GetValue(image);
                var fields = new List<MaasField>
                {
                    MaasField.Text("target", p.GetValue(target)!),
                    MaasField.Text("mode", p.GetValue(mode) ?? (what is null ? "menu" : "ephemeral")),
                };
                Add("image", what);
                Add("kernel", p.GetValue(kernel));
                Add("version", p.GetValue(version));
                Add("kernel_parameters", p.GetValue(parameters));
                Add("disk", p.GetValue(disk));
                var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Post, Assignments) { Fields = fields }, cancel);
                return Show(host, json, answer, root => [Row(root)]);

                void Add(string name, string? value)
                {
                    if (value is not null)
                        fields.Add(MaasField.Text(name, value));
                }
            });
    }

    private static Command List(CommandHost host) =>
        new Command("list", "List assignments; the most exact one counts: machine, architecture, default.").On(host, new Connection(), async (_, client, json, cancel) =>
            Show(host, json, await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, Assignments), cancel), root => root.EnumerateArray().Select(Row)));

    private static Command Clear(CommandHost host)
    {
        var target = Target();
        return new Command("clear", "Remove an assignment.") { target }.On(host, new Connection(), async (p, client, _, cancel) =>
        {
            await Connection.CallAsync(client, new MaasCall(HttpMethod.Delete, $"{Assignments}{Uri.EscapeDataString(p.GetValue(target)!)}/"), cancel);
            return 0;
        });
    }

    private static Command Log(CommandHost host)
    {
        var machine = new Option<string?>("--machine") { Description = "Only this MAC address.", HelpName = "MAC" };
        var result = new Option<string?>("--result") { Description = "Only those that ended so: booted, installed, failed …", HelpName = "WORD" };
        var limit = new Option<int>("--limit") { Description = "How many, newest first.", HelpName = "N", DefaultValueFactory = _ => 20 };
        return new Command("log", "Show how machines booted.") { machine, result, limit }.On(host, new Connection(), async (p, client, json, cancel) =>
        {
            var fields = new List<MaasField> { MaasField.Text("limit", FormattableString.Invariant($"{p.GetValue(limit)}")) };
            if (p.GetValue(machine) is { } mac)
                fields.Add(MaasField.Text("machine", mac));
            if (p.GetValue(result) is { } word)
                fields.Add(MaasField.Text("result", word));
            var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, "boot-records/") { Fields = fields }, cancel);
            if (json)
            {
                host.WriteOut(answer.Text + "\n");
                return 0;
            }

            using var page = JsonDocument.Parse(answer.Text);
            host.WriteOut(TextTable.Write(
                ["STARTED", "MACHINE", "ADDRESS", "RACK", "RESULT", "IMAGE", "STEPS", "REASON"],
                page.RootElement.GetProperty("records").EnumerateArray().Select(LogRow)));
            return 0;
        });
    }

    private static Command Origin(CommandHost host)
    {
        var machine = new Argument<string>("MAC") { Description = "The machine's address." };
        var boots = new Option<int>("--boots") { Description = "How many boots, newest first.", HelpName = "N", DefaultValueFactory = _ => 1 };
        return new Command("origin", "Show which bytes a machine booted, and who signed or uploaded them.") { machine, boots }.On(host, new Connection(), async (p, client, json, cancel) =>
        {
            List<MaasField> fields = [MaasField.Text("machine", p.GetValue(machine)!), MaasField.Text("limit", FormattableString.Invariant($"{p.GetValue(boots)}"))];
            var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, "boot-records/") { Operation = "provenance", Fields = fields }, cancel);
            if (json)
            {
                host.WriteOut(answer.Text + "\n");
                return 0;
            }

            using var document = JsonDocument.Parse(answer.Text);
            host.WriteOut(TextTable.Write(["STARTED", "FILE", "SHA256", "IMAGE", "VERSION", "VOUCHED FOR BY", "HERE"], document.RootElement.EnumerateArray().SelectMany(OriginRows)));
            return 0;
        });
    }

    private static IEnumerable<string[]> OriginRows(JsonElement boot)
    {
        foreach (var file in boot.GetProperty("files").EnumerateArray())
        {
            string[] place = [Text(boot, "started"), Text(file, "path"), Text(file, "sha256")];
            var origins = file.GetProperty("origins").EnumerateArray().ToList();
            if (origins.Count == 0)
                yield return [.. place, "", "", "not of an image", ""];
            foreach (var o in origins)
                yield return [.. place, $"{Text(o, "image")} {Text(o, "architecture")} {Text(o, "file_type")}", Text(o, "version"), VoucherOf(o), o.GetProperty("held").GetBoolean() ? "yes" : "no longer"];
        }
    }

    private static string VoucherOf(JsonElement origin) =>
        Text(origin, "signed_by") is { Length: > 0 } key ? $"key {key}" : Text(origin, "uploaded_by") is { Length: > 0 } user ? $"user {user}" : "nobody: its source is not signed";

    private static string[] LogRow(JsonElement r) =>
    [
        Text(r, "started"), Text(r, "machine"), Text(r, "address"), Text(r, "rack"), Text(r, "result"), Text(r, "image"),
        FormattableString.Invariant($"{r.GetProperty("steps").GetArrayLength()}"),
        r.TryGetProperty("reason", out var reason) ? Text(reason, "message") : "",
    ];

    private static string[] Row(JsonElement a) =>
        [Text(a, "target"), Text(a, "mode"), Text(a, "image"), Text(a, "version"), Text(a, "kernel"), Text(a, "disk"), Text(a, "kernel_parameters")];

    private static int Show(CommandHost host, bool json, MaasAnswer answer, Func<JsonElement, IEnumerable<string[]>> rows)
    {
        if (json)
        {
            host.WriteOut(answer.Text + "\n");
            return 0;
        }

        using var document = JsonDocument.Parse(answer.Text);
        host.WriteOut(TextTable.Write(["TARGET", "MODE", "IMAGE", "VERSION", "KERNEL", "DISK", "PARAMETERS"], rows(document.RootElement)));
        return 0;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
