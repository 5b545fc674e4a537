using System.CommandLine;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Building;
using BootDepot.Cli.Streams.Serving;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Streams;

/// <summary><c>bootdepot stream</c>: tools for simplestreams trees that need no server.</summary>
internal static class StreamCommand
{
    public static Command Create(CommandHost host) => new("stream", "Build, verify, list, mirror and serve simplestreams trees; no region is needed.")
    {
        Build(host), VerifyCommand.Create(host), ListCommand.Create(host), MirrorCommand.Create(host), Serve(host),
    };

    private static Command Build(CommandHost host)
    {
        var description = new Argument<string>("DESCRIPTION") { Description = "YAML file that names the images, boot loaders and their files." };
        var folder = new Argument<string>("FOLDER") { Description = "Where the stream is made; versions of an earlier build there stay." };
        var key = new Option<string>("--key") { Description = "Signing key; made when there is no such file.", HelpName = "FILE", Required = true };
        var kind = new Option<SigningKeyKind>("--key-kind") { Description = "Kind of the key when it has to be made.", DefaultValueFactory = _ => SigningKeyKind.Ed25519 };
        var keyring = new Option<string?>("--keyring") { Description = "Write the public key there, as a binary keyring for the stream's readers.", HelpName = "FILE" };
        var command = new Command("build", "Make a signed stream of a folder of boot files and a description.") { description, folder, key, kind, keyring };
        command.SetAction((p, cancel) => BuildAsync(
            host, p.GetValue(description)!, p.GetValue(folder)!, p.GetValue(key)!, p.GetValue(kind), p.GetValue(keyring), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> BuildAsync(
        CommandHost host, string description, string folder, string keyFile, SigningKeyKind kind, string? keyringFile, CancellationToken cancel)
    {
        var source = host.FullPath(description);
        var described = StreamDescriptionReader.Read(source);
        using var key = StreamKeyFile.LoadOrCreate(host.FullPath(keyFile), kind, host.Time.GetUtcNow());
        var target = new StreamFolder(host.FullPath(folder));
        var built = await new StreamBuilder(target, key, host.Time).BuildAsync(described, Path.GetDirectoryName(source)!, cancel);
        if (keyringFile is not null)
        {
            var full = host.FullPath(keyringFile);
            await new StreamFolder(Path.GetDirectoryName(full)!).WriteAsync(Path.GetFileName(full), key.ExportPublicKey(), cancel);
        }

        await host.Error.WriteLineAsync(built.Changed
            ? $"{folder}: {built.Products} products; {built.Files} files described, {ByteSize.Text(built.Bytes)}; signed by {key.Fingerprint}"
            : $"{folder}: nothing new; {built.Products} products");
        return 0;
    }

    private static Command Serve(CommandHost host)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A stream's folder, or any other." };
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8000" };
        var command = new Command("serve", "Serve a folder over HTTP: enough for a demonstration or a small site.") { folder, listen };
        command.SetAction((p, cancel) => ServeAsync(host, p.GetValue(folder)!, p.GetValue(listen)!, cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> ServeAsync(CommandHost host, string folder, string listen, CancellationToken cancel)
    {
        await using var server = await StreamFileServer.StartAsync(host.FullPath(folder), listen, cancel);
        host.WriteOut($"{server.Url} serves {folder}\n");
        await server.WaitForShutdownAsync(cancel);
        return 0;
    }
}
