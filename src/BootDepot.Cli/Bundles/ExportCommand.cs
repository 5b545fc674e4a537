using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server;
using BootDepot.Cli.Streams.Mirroring;
using BootDepot.Cli.Streams.Reading;
using BootDepot.Images;
using BootDepot.Region;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Bundles;

/// <summary><c>bootdepot bundle export</c>.</summary>
internal static class ExportCommand
{
    private const long LeastPart = 4096;

    public static Command Create(CommandHost host)
    {
        var source = new SourceOptions();
        var file = new Argument<string>("FILE") { Description = "The bundle; with --split the name that its parts have in common." };
        var select = new Option<string[]>("--select")
        {
            Description = "Only this image, as OS/RELEASE or OS/RELEASE/ARCH,ARCH with * for any; repeatable. Boot loaders always come along.",
            HelpName = "IMAGE",
            DefaultValueFactory = _ => [],
        };
        var lacking = new Option<string?>("--lacking") { Description = "Leave out what the site has that wrote this ('bundle manifest').", HelpName = "FILE" };
        var split = new Option<string?>("--split") { Description = "Make parts FILE.001, FILE.002 … of that size, as 4G or 700M.", HelpName = "SIZE" };
        var key = new Option<string?>("--key") { Description = "Signing key; made when there is no such file. Default: the key of the stream of the region of this data directory.", HelpName = "FILE" };
        var publicKey = new Option<string?>("--public-key") { Description = "Write the key's public part there, as the keyring for 'bundle import'.", HelpName = "FILE" };
        var name = new Option<string?>("--as") { Description = "URL of the boot source as sites know it. Default: SOURCE.", HelpName = "URL" };
        var data = DataOption.Create(host);
        var command = new Command("export", "Write the newest version of images of a stream, with the publisher's signed documents, into one signed file.")
        {
            select, lacking, split, key, publicKey, name, data,
        };
        source.AddTo(command);
        command.Add(file);
        command.SetAction((p, cancel) => RunAsync(
            host, source.Choice(p),
            new ExportWish(p.GetValue(file)!, p.GetValue(select)!, p.GetValue(lacking), p.GetValue(split), p.GetValue(key), p.GetValue(publicKey), p.GetValue(name), p.GetValue(data)!),
            cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(CommandHost host, SourceChoice choice, ExportWish wish, CancellationToken cancel)
    {
        var size = wish.Split is { } text ? ParseSize(text) : (long?)null;
        var rules = ImageSelection.Parse(wish.Select).Rules;
        var held = wish.Lacking is { } site ? await SiteManifest.ReadAsync(host.FullPath(site), cancel) : null;
        using var key = LoadKey(host, wish);
        await using var stream = await StreamSource.OpenAsync(host, choice, cancel);
        var url = wish.Url ?? (Directory.Exists(host.FullPath(choice.Source))
            ? throw new CommandFailure(new Fault("bundle-source-unnamed", "SOURCE is a folder: say with --as under which URL sites know the stream."))
            : choice.Source);
        var keyring = choice.Keyring is { } ring ? await KeyringFile.ReadAsync(host.FullPath(ring), cancel) : null;
        var draft = BundleComposer.Compose(await stream.ReadAsync(cancel), stream.Location, url, keyring, rules, held, key);
        var export = new BundleExport(host, stream, draft, host.FullPath(wish.File), size);
        var (fetched, files) = await export.RunAsync(cancel);
        var blobs = draft.Manifest.Blobs;
        await host.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{wish.File}: {ByteSize.Text(draft.Layout.Size)} in {files} file{(files == 1 ? "" : "s")}; {blobs.Count(b => b.Offset is not null)} files of images, {blobs.Count(b => b.Offset is null)} left out; fetched {ByteSize.Text(fetched)}; signed by {key.Fingerprint}"));
        return 0;
    }

    private static SigningKey LoadKey(CommandHost host, ExportWish wish)
    {
        var file = wish.Key is { } named ? host.FullPath(named) : new DataFolder(host.FullPath(wish.Data)).StreamKey;
        if (wish.Key is null && !File.Exists(file))
        {
            throw new CommandFailure(new Fault(
                "bundle-key-missing", $"There is no signing key {file}. Say --key FILE (it is made when it is missing), or name a region's data directory with --data."));
        }

        var key = StreamKeyFile.LoadOrCreate(file, SigningKeyKind.Ed25519, host.Time.GetUtcNow());
        if (wish.PublicKey is { } target)
            File.WriteAllBytes(host.FullPath(target), key.ExportPublicKey());
        return key;
    }

    private static long ParseSize(string text)
    {
        var power = "KMGT".IndexOf(char.ToUpperInvariant(text.Length > 0 ? text[^1] : '?'), StringComparison.Ordinal) + 1;
        var isNumber = long.TryParse(power > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number <= long.MaxValue >> (10 * power) && number << (10 * power) is var size && size >= LeastPart
            ? size
            : throw new CommandFailure(new Fault("size-invalid", $"'{text}' is not a size of parts: at least {LeastPart} bytes are needed, as 4G, 700M or 64K."));
    }

    private sealed record ExportWish(
        string File, string[] Select, string? Lacking, string? Split, string? Key, string? PublicKey, string? Url, string Data);
}
