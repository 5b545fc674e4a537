using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Conversions;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;
using CommandFailure = BootDepot.Cli.Output.CommandFailure;

namespace BootDepot.Cli.People;

/// <summary>A file in a form that can be uploaded.</summary>
/// <param name="Path">The file; deleted at the end if it is temporary.</param>
/// <param name="Type">What it is uploaded as.</param>
/// <param name="Found">What the original is.</param>
/// <param name="IsTemporary">Whether it was made by a conversion.</param>
internal sealed record PreparedImage(string Path, FileType Type, Identification Found, bool IsTemporary) : IDisposable
{
    /// <summary>A name from the file's: <c>alma9.tar.gz</c> is <c>custom/alma9</c>.</summary>
    public static string ProposeName(string path)
    {
        var file = System.IO.Path.GetFileName(path);
        string[] endings = [".gz", ".xz", ".bz2", ".tar", ".tgz", ".txz", ".tbz", ".dd", ".raw", ".img", ".qcow2", ".vmdk", ".vhd", ".vhdx", ".vdi", ".ova", ".ddgz", ".ddtgz", ".ddxz"];
        while (endings.FirstOrDefault(e => file.EndsWith(e, StringComparison.OrdinalIgnoreCase) && file.Length > e.Length) is { } ending)
            file = file[..^ending.Length];
        return "custom/" + new string([.. file.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')]).ToLowerInvariant();
    }

    /// <summary>Looks into a file, and converts it to a temporary one where it has to be.</summary>
    /// <exception cref="CommandFailure">It cannot become an image.</exception>
    public static async Task<PreparedImage> OfAsync(CommandHost host, string path, CancellationToken cancel)
    {
        Identification found;
        await using (var content = new FileStream(path, FileMode.Open, FileAccess.Read))
            found = await DiskImageInspector.IdentifyAsync(content, cancel);
        if (found.RefusalOrNull is { } refusal)
            throw new CommandFailure(refusal);
        if (found.UploadType is { } ready)
            return new PreparedImage(path, ready, found, IsTemporary: false);
        var targets = DiskImageConverter.TargetsOf(found);
        if (targets.FirstOrDefault(t => t.UploadName == "ddgz") is not { } target && (target = targets.FirstOrDefault(t => t.UploadName is not null)) is null)
            throw new CommandFailure(new Fault("conversion-not-possible", $"{path} is {found.Found.Describe()}; that cannot become an image."));
        await host.Error.WriteLineAsync($"{path}: {found.Found.Describe()}; converting to {target.UploadName}.");
        var result = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());
        await using var output = new FileStream(result, FileMode.CreateNew);
        var outcome = await new DiskImageConverter(new ConversionOptions(), host.Time)
            .ConvertAsync(new ConversionRequest(path, target), output, null, cancel);
        if (outcome is ConversionOutcome.NotConverted failed)
        {
            File.Delete(result);
            throw new CommandFailure(failed.Fault);
        }

        return new PreparedImage(result, target, found, IsTemporary: true);
    }

    /// <summary>The architecture as the API wants it.</summary>
    /// <param name="given">What the user said; null: what the image's programs are for.</param>
    /// <exception cref="CommandFailure">Nobody can tell.</exception>
    public string Architecture(string? given)
    {
        given ??= Found.Architectures is [var only] ? only : throw new CommandFailure(new Fault("architecture-unknown",
            "The architecture cannot be told from the image" + (Found.Architectures.Count > 1 ? $" ({string.Join(", ", Found.Architectures)})" : "")
            + "; say it with --arch amd64 (or arm64, …)."));
        return given.Contains('/', StringComparison.Ordinal) ? given : given + "/generic";
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (IsTemporary)
            File.Delete(Path);
    }
}
