using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Maas;
using BootDepot.Client;
using BootDepot.Images;
using CommandFailure = BootDepot.Cli.Output.CommandFailure;

namespace BootDepot.Cli.People;

/// <summary>The custom images of <c>apply</c>: one whose newest version has other bytes than the file gets a new version.</summary>
internal sealed class ApplyImages(CommandHost host, MaasClient client, bool prune, bool dryRun, List<string> changes)
{
    /// <summary>Does it; null: the file says nothing about images.</summary>
    public async Task DoAsync(IReadOnlyList<ApplyImage>? wanted, CancellationToken cancel)
    {
        if (wanted is null)
            return;
        var there = await client.BootResources.ListAsync(BootResourceType.Uploaded, includeSets: true, cancel);
        var named = new HashSet<(string, string)>();
        foreach (var image in wanted)
            named.Add(await EnsureAsync(image, there, cancel));
        if (!prune)
            return;
        foreach (var extra in there.Where(r => !named.Contains((r.Name, r.Architecture))))
        {
            changes.Add($"- image {extra.Name} ({extra.Architecture})");
            if (!dryRun)
                await extra.DeleteAsync(cancel);
        }
    }

    private async Task<(string Name, string Architecture)> EnsureAsync(ApplyImage wanted, IReadOnlyList<BootResource> there, CancellationToken cancel)
    {
        var path = host.FullPath(wanted.File);
        using var image = await PreparedImage.OfAsync(host, path, cancel);
        var name = wanted.Name ?? PreparedImage.ProposeName(path);
        var architecture = image.Architecture(wanted.Arch);
        var digest = await HashAsync(image.Path, cancel);
        var existing = there.FirstOrDefault(r => r.Name == name && r.Architecture == architecture);
        if (existing?.LatestSet is { Complete: true } newest && newest.Files.Values.Any(f => f.Sha256 == digest.Sha256))
            return (name, architecture);
        changes.Add($"{(existing is null ? "+" : "~")} image {name} ({architecture}) from {wanted.File}");
        if (dryRun)
            return (name, architecture);
        try
        {
            var bar = new ProgressBar(host, Path.GetFileName(path), quiet: false);
            await client.BootResources.CreateAsync(
                new BootResourceUpload
                {
                    Name = name,
                    Architecture = architecture,
                    Title = wanted.Title,
                    BaseImage = wanted.BaseImage,
                    FileType = new BootResourceFileType(image.Type.UploadName!),
                    Content = UploadContent.FromFile(image.Path),
                    Sha256 = digest.Sha256,
                    Size = digest.Size,
                },
                bar,
                cancel);
            bar.Finish();
        }
        catch (MaasUploadException e)
        {
            throw new CommandFailure(new Fault("upload-stopped", e.Message + " Run the same command again to send the rest."));
        }

        return (name, architecture);
    }

    private static async Task<ContentDigest> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20);
        return new ContentDigest(Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel)), file.Length);
    }
}
