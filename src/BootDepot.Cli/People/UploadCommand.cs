using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Maas;
using BootDepot.Client;
using BootDepot.DiskImages.Conversions;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;
using CommandFailure = BootDepot.Cli.Output.CommandFailure;

namespace BootDepot.Cli.People;

/// <summary>
/// <c>bootdepot upload FILE</c>: finds out what the file is and for which architecture, converts it where it must be,
/// sends it (the rest of it when part is there), and says on how many racks it is.
/// </summary>
internal static class UploadCommand
{
    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        var file = new Argument<string>("FILE") { Description = "The image: tar of a root file system, raw disk, qcow2, vmdk, vhd, vhdx, …" };
        var name = new Option<string?>("--name") { Description = "os/release; custom/<file name> when left out.", HelpName = "NAME" };
        var arch = new Option<string?>("--arch") { Description = "Architecture; what the image's programs are for when left out.", HelpName = "ARCH" };
        var title = new Option<string>("--title") { Description = "Title for people.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var baseImage = new Option<string?>("--base-image") { Description = "Release whose kernel installs a custom image.", HelpName = "OS/RELEASE" };
        var command = new Command("upload", "Upload an image, whatever its form.") { file, name, arch, title, baseImage };
        return command.On(host, connection, async (parsed, client, json, cancel) =>
        {
            var path = host.FullPath(parsed.GetValue(file)!);
            var image = await PrepareAsync(host, path, cancel);
            try
            {
                var upload = new BootResourceUpload
                {
                    Name = parsed.GetValue(name) ?? ProposeName(path),
                    Architecture = Architecture(parsed.GetValue(arch), image.Found),
                    Title = parsed.GetValue(title)!,
                    BaseImage = parsed.GetValue(baseImage),
                    FileType = new BootResourceFileType(image.Type.UploadName!),
                    Content = UploadContent.FromFile(image.Path),
                };
                await host.Error.WriteLineAsync($"{path}: {image.Found.Found.Describe()}; uploading as {upload.Name} ({upload.Architecture}, {upload.FileType}).");
                var bar = new ProgressBar(host, Path.GetFileName(path), quiet: false);
                var resource = await client.BootResources.CreateAsync(upload, bar, cancel);
                bar.Finish();
                await SayAsync(host, json, client, resource, cancel);
                return 0;
            }
            catch (MaasUploadException e)
            {
                throw new CommandFailure(new Fault("upload-stopped", e.Message + " Run the same command again to send the rest."));
            }
            finally
            {
                if (image.Path != path)
                    File.Delete(image.Path);
            }
        });
    }

    /// <summary>A name from the file's: <c>alma9.tar.gz</c> is <c>custom/alma9</c>.</summary>
    public static string ProposeName(string path)
    {
        var file = Path.GetFileName(path);
        string[] endings = [".gz", ".xz", ".bz2", ".tar", ".tgz", ".txz", ".tbz", ".dd", ".raw", ".img", ".qcow2", ".vmdk", ".vhd", ".vhdx", ".vdi", ".ova", ".ddgz", ".ddtgz", ".ddxz"];
        while (endings.FirstOrDefault(e => file.EndsWith(e, StringComparison.OrdinalIgnoreCase) && file.Length > e.Length) is { } ending)
            file = file[..^ending.Length];
        return "custom/" + new string([.. file.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')]).ToLowerInvariant();
    }

    private static async Task<Prepared> PrepareAsync(CommandHost host, string path, CancellationToken cancel)
    {
        Identification found;
        await using (var content = new FileStream(path, FileMode.Open, FileAccess.Read))
            found = await DiskImageInspector.IdentifyAsync(content, cancel);
        if (found.RefusalOrNull is { } refusal)
            throw new CommandFailure(refusal);
        if (found.UploadType is { } ready)
            return new Prepared(path, ready, found);
        var targets = DiskImageConverter.TargetsOf(found);
        if (targets.FirstOrDefault(t => t.UploadName == "ddgz") is not { } target && (target = targets.FirstOrDefault(t => t.UploadName is not null)) is null)
            throw new CommandFailure(new Fault("conversion-not-possible", $"{path} is {found.Found.Describe()}; that cannot become an image."));
        await host.Error.WriteLineAsync($"{path}: {found.Found.Describe()}; converting to {target.UploadName}.");
        var result = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var output = new FileStream(result, FileMode.CreateNew);
        var outcome = await new DiskImageConverter(new ConversionOptions(), host.Time)
            .ConvertAsync(new ConversionRequest(path, target), output, null, cancel);
        if (outcome is ConversionOutcome.NotConverted failed)
        {
            File.Delete(result);
            throw new CommandFailure(failed.Fault);
        }

        return new Prepared(result, target, found);
    }

    private static string Architecture(string? given, Identification found)
    {
        given ??= found.Architectures is [var only] ? only : throw new CommandFailure(new Fault("architecture-unknown",
            "The architecture cannot be told from the image" + (found.Architectures.Count > 1 ? $" ({string.Join(", ", found.Architectures)})" : "")
            + "; say it with --arch amd64 (or arm64, …)."));
        return given.Contains('/', StringComparison.Ordinal) ? given : given + "/generic";
    }

    private static async Task SayAsync(
        CommandHost host, bool json, MaasClient client, BootResource resource, CancellationToken cancel)
    {
        var racks = await RackCoverage.ReadAsync(client, cancel);
        var holding = racks.Holding(resource.Name, resource.Arch);
        if (json)
        {
            JsonOut.Write(host, w =>
            {
                w.WriteStartObject();
                w.WriteNumber("id", resource.Id);
                w.WriteString("name", resource.Name);
                w.WriteString("architecture", resource.Architecture);
                w.WriteString("state", ImageState.Of(resource));
                w.WriteNumber("racks", racks.Racks.Count);
                w.WriteNumber("racks_holding", holding);
                w.WriteEndObject();
            });
            return;
        }

        host.WriteOut(FormattableString.Invariant(
            $"{resource.Name} {resource.Architecture} {resource.LatestSet?.Version}: {ImageState.Of(resource)}; on {holding} of {racks.Racks.Count} racks.\n"));
    }

    private sealed record Prepared(string Path, FileType Type, Identification Found);
}
