using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;
using BootDepot.Images;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace BootDepot.Cli.People;

/// <summary>
/// <c>bootdepot apply -f images.yaml</c>: makes sources, selections, retention and custom images what the file says. Shows each
/// difference; the second time there is none. What the file does not name stays, unless <c>--prune</c>.
/// </summary>
internal static class ApplyCommand
{
    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        var file = new Option<string>("--file", "-f") { Description = "What should be, in YAML.", HelpName = "FILE", Required = true };
        var prune = new Option<bool>("--prune") { Description = "Remove sources and selections that the file does not name; custom images too, if it names any." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show the differences." };
        return new Command("apply", "Make boot sources, selections, retention and custom images what a file says.") { file, prune, dryRun }.On(host, connection, async (parsed, client, json, cancel) =>
        {
            var wanted = Read(host.FullPath(parsed.GetValue(file)!));
            var run = new Run(host, client, parsed.GetValue(prune), parsed.GetValue(dryRun));
            await run.DoAsync(wanted, cancel);
            var images = new ApplyImages(host, client, parsed.GetValue(prune), parsed.GetValue(dryRun), run.Changes);
            await images.DoAsync(wanted.Images, cancel);
            if (json)
            {
                JsonOut.Write(host, w =>
                {
                    w.WriteStartArray();
                    run.Changes.ForEach(w.WriteStringValue);
                    w.WriteEndArray();
                });
            }
            else
            {
                host.WriteOut(run.Changes.Count == 0 ? "Nothing to change.\n" : string.Concat(run.Changes.Select(c => c + "\n")));
            }

            return 0;
        });
    }

    private static ApplyDocument Read(string path)
    {
        try
        {
            var reader = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build();
            return reader.Deserialize<ApplyDocument?>(File.ReadAllText(path)) ?? new ApplyDocument();
        }
        catch (YamlException e)
        {
            throw new CommandFailure(new Fault("file-invalid", $"{path}, line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}"));
        }
    }

    private sealed class Run(CommandHost host, MaasClient client, bool prune, bool dryRun)
    {
        public List<string> Changes { get; } = [];

        public async Task DoAsync(ApplyDocument wanted, CancellationToken cancel)
        {
            if (wanted.Retention is { } retention)
                await KeepAsync(retention.Versions, cancel);
            var there = await client.BootSources.ListAsync(cancel);
            foreach (var source in wanted.Sources)
            {
                var existing = there.FirstOrDefault(s => Same(s.Url, source.Url)) ?? await AddAsync(source, cancel);
                await SelectAsync(source, existing, cancel);
            }

            if (!prune)
                return;
            foreach (var extra in there.Where(s => !wanted.Sources.Exists(w => Same(s.Url, w.Url))))
            {
                Changes.Add($"- source {extra.Url}");
                if (!dryRun)
                    await extra.DeleteAsync(cancel);
            }
        }

        private async Task KeepAsync(int versions, CancellationToken cancel)
        {
            const string setting = "boot_images_keep_versions";
            var there = await client.Config.GetTextAsync(setting, cancel);
            var wanted = versions.ToString(CultureInfo.InvariantCulture);
            if (there == wanted)
                return;
            Changes.Add($"~ retention: {wanted} version{(versions == 1 ? "" : "s")} of each image (was {there})");
            if (!dryRun)
                await client.Config.SetAsync(setting, wanted, cancel);
        }

        private async Task<BootSource?> AddAsync(ApplySource source, CancellationToken cancel)
        {
            Changes.Add($"+ source {source.Url}");
            if (dryRun)
                return null;
            return await client.BootSources.CreateAsync(new BootSourceSpec
            {
                Url = source.Url,
                Name = source.Name,
                KeyringFilename = source.ServerKeyring,
                KeyringData = source.Keyring is { } file ? await File.ReadAllBytesAsync(host.FullPath(file), cancel) : default,
                SkipKeyringVerification = source.SkipsVerification ? true : null,
            }, cancel);
        }

        private async Task SelectAsync(ApplySource wanted, BootSource? source, CancellationToken cancel)
        {
            IReadOnlyList<BootSourceSelection> there = source is null ? [] : await client.BootSourceSelections.ListAsync(source, cancel);
            var named = new List<ImageName>();
            foreach (var selection in wanted.Selections)
            {
                if (!ImageName.TryParse(selection.Image, out var name) || name.IsBare)
                    throw new CommandFailure(new Fault("name-invalid", $"'{selection.Image}' is not os/release, as ubuntu/noble."));
                named.Add(name);
                var existing = there.FirstOrDefault(s => s.Os == name.Os && s.Release == name.Release);
                var arches = selection.Arches.Count == 0 ? ["*"] : selection.Arches;
                if (existing is not null && existing.Arches.Order(StringComparer.Ordinal).SequenceEqual(arches.Order(StringComparer.Ordinal), StringComparer.Ordinal))
                    continue;
                Changes.Add($"{(existing is null ? "+" : "~")} selection {name} ({string.Join(", ", arches)}) of {wanted.Url}");
                if (!dryRun)
                    await SelectCommand.EnsureAsync(client, source!.Id, name, arches, cancel);
            }

            if (!prune)
                return;
            foreach (var extra in there.Where(s => !named.Exists(n => n.Os == s.Os && n.Release == s.Release)))
            {
                Changes.Add($"- selection {extra.Os}/{extra.Release} of {wanted.Url}");
                if (!dryRun)
                    await extra.DeleteAsync(cancel);
            }
        }

        private static bool Same(string? one, string other) =>
            string.Equals(one?.TrimEnd('/'), other.TrimEnd('/'), StringComparison.Ordinal);
    }
}
