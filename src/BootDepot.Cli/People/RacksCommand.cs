using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using BootDepot.Cli.Output;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot racks</c>: racks, what they are doing, and how they are to copy.</summary>
internal static class RacksCommand
{
    private const string Racks = "racks/";

    public static Command Create(CommandHost host)
    {
        var command = new Command("racks", "List racks; show, set, import or remove one.") { Show(host), Set(host), Import(host), Remove(host) };
        return command.On(host, new Connection(), async (_, client, json, cancel) =>
        {
            var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, Racks), cancel);
            return Print(host, json, answer, root => TextTable.Write(
                ["ID", "NAME", "STATUS", "CONNECTED", "MODE", "IMAGES", "HELD", "WANTED", "REASON"], root.EnumerateArray().Select(Row)));
        });
    }

    private static Argument<string> Rack() => new("RACK") { Description = "System id, UUID or name." };

    private static Command Show(CommandHost host)
    {
        var rack = Rack();
        return new Command("show", "Show what a rack has of every image.") { rack }.On(host, new Connection(), async (p, client, json, cancel) =>
        {
            var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Get, PathOf(p.GetValue(rack)!)), cancel);
            return Print(host, json, answer, root => TextTable.Write(
                ["IMAGE", "ARCHITECTURE", "VERSION", "STATE", "FILES", "HELD", "OF", "REASON"],
                root.GetProperty("images").EnumerateArray().Select(ImageRow)));
        });
    }

    private static Command Set(CommandHost host)
    {
        var rack = Rack();
        var name = new Option<string?>("--name") { Description = "Another name.", HelpName = "NAME" };
        var mode = new Option<string?>("--mode") { Description = "all, selection or on-demand.", HelpName = "MODE" };
        var select = new Option<string[]?>("--select") { Description = "os/release or os/release:arch,arch; repeatable, replaces the list.", HelpName = "IMAGE" };
        var rate = new Option<long?>("--bytes-per-second") { Description = "Most that copying takes; 0 for no limit.", HelpName = "N" };
        var window = new Option<string[]?>("--window") { Description = "When copying may run, as 22:00-06:00; repeatable, replaces the list; '' for always.", HelpName = "HH:MM-HH:MM" };
        var limit = new Option<long?>("--disk-limit") { Description = "With on-demand: most bytes of disk; 0 for no limit.", HelpName = "BYTES" };
        var peer = new Option<string[]?>("--peer") { Description = "A rack of the same site; repeatable, replaces the list.", HelpName = "URL" };
        return new Command("set", "Change a rack; it follows at once.") { rack, name, mode, select, rate, window, limit, peer }
            .On(host, new Connection(), async (p, client, json, cancel) =>
            {
                var fields = new List<MaasField>();
                One("name", p.GetValue(name));
                One("mode", p.GetValue(mode));
                Many("selections", p.GetValue(select));
                One("bytes_per_second", p.GetValue(rate)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
                Many("windows", p.GetValue(window));
                One("disk_limit", p.GetValue(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
                Many("peers", p.GetValue(peer));
                var answer = await Connection.CallAsync(client, new MaasCall(HttpMethod.Put, PathOf(p.GetValue(rack)!)) { Fields = fields }, cancel);
                return Print(host, json, answer, _ => "");

                void One(string key, string? value)
                {
                    if (value is not null)
                        fields.Add(MaasField.Text(key, value));
                }

                void Many(string key, string[]? values)
                {
                    foreach (var value in values ?? [])
                        fields.Add(MaasField.Text(key, value));
                }
            });
    }

    private static Command Import(CommandHost host)
    {
        var rack = Rack();
        return new Command("import", "Make a rack fetch images now, whatever its windows say.") { rack }.On(host, new Connection(), async (p, client, _, cancel) =>
        {
            await Connection.CallAsync(client, new MaasCall(HttpMethod.Post, PathOf(p.GetValue(rack)!)) { Operation = "import_boot_images" }, cancel);
            return 0;
        });
    }

    private static Command Remove(CommandHost host)
    {
        var rack = Rack();
        return new Command("remove", "Remove a rack: its key opens nothing any more.") { rack }.On(host, new Connection(), async (p, client, _, cancel) =>
        {
            await Connection.CallAsync(client, new MaasCall(HttpMethod.Delete, PathOf(p.GetValue(rack)!)), cancel);
            return 0;
        });
    }

    private static string PathOf(string rack) => $"{Racks}{Uri.EscapeDataString(rack)}/";

    private static string[] Row(JsonElement r) =>
    [
        Text(r, "system_id"), Text(r, "name"), Text(r, "status"), r.GetProperty("connected").GetBoolean() ? "yes" : "no", Text(r, "mode"),
        FormattableString.Invariant($"{r.GetProperty("images_synced").GetInt32()} of {r.GetProperty("images_wanted").GetInt32()}"),
        ByteSize.Text(r.GetProperty("bytes_held").GetInt64()), ByteSize.Text(r.GetProperty("bytes_wanted").GetInt64()), Text(r, "message"),
    ];

    private static string[] ImageRow(JsonElement i) =>
    [
        Text(i, "name"), Text(i, "architecture"), Text(i, "version"), Text(i, "state"),
        FormattableString.Invariant($"{i.GetProperty("files_held").GetInt32()} of {i.GetProperty("files").GetInt32()}"),
        ByteSize.Text(i.GetProperty("bytes_held").GetInt64()), ByteSize.Text(i.GetProperty("bytes").GetInt64()), Text(i, "message"),
    ];

    private static int Print(CommandHost host, bool json, MaasAnswer answer, Func<JsonElement, string> table)
    {
        if (json)
        {
            host.WriteOut(answer.Text + "\n");
            return 0;
        }

        using var document = JsonDocument.Parse(answer.Text);
        host.WriteOut(table(document.RootElement));
        return 0;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
