using System;
using System.CommandLine;
using System.IO;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot sources add</c> and <c>remove</c>.</summary>
internal static class SourceChanges
{
    public static Command Add(CommandHost host)
    {
        var connection = new Connection();
        var url = new Argument<string>("URL") { Description = "Address of the stream." };
        var keyring = new Option<string?>("--keyring") { Description = "Keyring on this machine; it is sent.", HelpName = "FILE" };
        var remote = new Option<string?>("--server-keyring") { Description = "Path of a keyring on the server.", HelpName = "PATH" };
        var name = new Option<string?>("--name") { Description = "Name for people.", HelpName = "NAME" };
        var unsigned = new Option<bool>("--unsigned") { Description = "Do not check signatures." };
        var command = new Command("add", "Add a boot source.") { url, keyring, remote, name, unsigned };
        return command.On(host, connection, async (parsed, client, json, cancel) =>
        {
            var spec = new BootSourceSpec
            {
                Url = parsed.GetValue(url)!,
                KeyringData = parsed.GetValue(keyring) is { } file ? await File.ReadAllBytesAsync(host.FullPath(file), cancel) : default,
                KeyringFilename = parsed.GetValue(remote),
                Name = parsed.GetValue(name),
                SkipKeyringVerification = parsed.GetValue(unsigned) ? true : null,
            };
            var source = await client.BootSources.CreateAsync(spec, cancel);
            if (json)
                JsonOut.Write(host, w => { w.WriteStartObject(); w.WriteNumber("id", source.Id); w.WriteString("url", source.Url); w.WriteEndObject(); });
            else
                host.WriteOut(FormattableString.Invariant($"Added boot source {source.Id} ({source.Url}).\n"));
            return 0;
        });
    }

    public static Command Remove(CommandHost host)
    {
        var connection = new Connection();
        var id = new Argument<int>("ID") { Description = "Number of the source." };
        return new Command("remove", "Remove a boot source, its selections and its images.") { id }.On(host, connection, async (parsed, client, json, cancel) =>
        {
            await client.BootSources.DeleteAsync(parsed.GetValue(id), cancel);
            return 0;
        });
    }
}
