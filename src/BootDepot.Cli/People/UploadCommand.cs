using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Maas;
using BootDepot.Client;
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
            using var image = await PreparedImage.OfAsync(host, path, cancel);
            try
            {
                var upload = new BootResourceUpload
                {
                    Name = parsed.GetValue(name) ?? PreparedImage.ProposeName(path),
                    Architecture = image.Architecture(parsed.GetValue(arch)),
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
        });
    }

    private static async Task SayAsync(
        CommandHost host, bool json, MaasClient client, BootResource resource, CancellationToken cancel)
    {
        var racks = await RackCoverage.ReadAsync(client, cancel);
        var holding = racks.Holding(resource.Name, resource.Architecture);
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
}
