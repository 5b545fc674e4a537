using System;
using System.CommandLine;
using System.Linq;
using System.Text;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot status</c>: what a region is doing, what is not ready, and how far racks are.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        return new Command("status", "What is happening, what is not ready and how far racks are.").On(host, connection, async (parsed, client, json, cancel) =>
        {
            bool? importing;
            try
            {
                importing = await client.BootResources.IsImportingAsync(cancel);
            }
            catch (MaasBadRequestException)
            {
                // A server that cannot import does not know the question.
                importing = null;
            }

            var images = await client.BootResources.ListAsync(includeSets: true, cancellationToken: cancel);
            var pending = images.Where(i => i.LatestSet is not { Complete: true }).ToList();
            var racks = await RackCoverage.ReadAsync(client, cancel);
            if (json)
            {
                JsonOut.Write(host, writer =>
                {
                    writer.WriteStartObject();
                    if (importing is { } known)
                        writer.WriteBoolean("importing", known);
                    writer.WriteNumber("images", images.Count);
                    writer.WriteStartArray("not_ready");
                    foreach (var image in pending)
                        writer.WriteStringValue($"{image.Name} {image.Architecture}: {ImageState.Of(image)}");
                    writer.WriteEndArray();
                    writer.WriteNumber("racks", racks.Racks.Count);
                    writer.WriteNumber("racks_synced", racks.Synced);
                    writer.WriteEndObject();
                });
                return 0;
            }

            var text = new StringBuilder();
            text.Append(importing switch { true => "An import runs.\n", false => "No import runs.\n", null => "This server does not import.\n" });
            text.Append(FormattableString.Invariant($"{images.Count} images, {images.Count - pending.Count} ready.\n"));
            foreach (var image in pending)
                text.Append(FormattableString.Invariant($"  {image.Name} {image.Architecture}: {ImageState.Of(image)}\n"));
            text.Append(racks.Racks.Count == 0 ? "No racks.\n" : FormattableString.Invariant($"{racks.Synced} of {racks.Racks.Count} racks synced.\n"));
            foreach (var (rack, held) in racks.Racks.Where(r => r.Held.Status != "synced"))
                text.Append(FormattableString.Invariant($"  {rack.Hostname}: {held.Status}{(held.Connected ? "" : ", not connected")}\n"));
            host.WriteOut(text.ToString());
            return 0;
        });
    }
}
