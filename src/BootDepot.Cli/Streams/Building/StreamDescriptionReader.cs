using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BootDepot.Cli.Output;
using BootDepot.Images;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace BootDepot.Cli.Streams.Building;

/// <summary>Reads and judges a description. Every mistake is reported at once.</summary>
public static class StreamDescriptionReader
{
    /// <summary>Reads a description.</summary>
    /// <exception cref="CommandFailure"><c>description-invalid</c>: unreadable, or with mistakes, which the message lists.</exception>
    public static StreamDescription Read(string file)
    {
        StreamDescription description;
        try
        {
            using var text = File.OpenText(file);
            description = new DeserializerBuilder()
                .WithNamingConvention(CamelCaseNamingConvention.Instance)
                .WithDuplicateKeyChecking()
                .Build()
                .Deserialize<StreamDescription>(text) ?? new StreamDescription();
        }
        catch (YamlException e)
        {
            throw Invalid(file, [$"line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}"]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw Invalid(file, [e.Message]);
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var mistakes = description.Images.SelectMany((i, n) => Judge(i, $"images[{n}]", folder))
            .Concat(description.Bootloaders.SelectMany((b, n) => Judge(b, $"bootloaders[{n}]", folder)))
            .Concat(Collisions(description.Images))
            .ToList();
        if (description.Images.Count + description.Bootloaders.Count == 0)
            mistakes.Add("it names neither images nor bootloaders");
        return mistakes.Count == 0 ? description : throw Invalid(file, mistakes);
    }

    private static IEnumerable<string> Judge(ImageDescription image, string where, string folder)
    {
        foreach (var mistake in Names(where, ("os", image.Os), ("release", image.Release), ("arch", image.Arch), ("subarch", image.Subarch), ("set", image.Set)))
            yield return mistake;
        if (image.Files.Count == 0)
            yield return $"{where}.files: at least one file is needed, as in boot-kernel: {{ path: linux }}";
        foreach (var (type, described) in image.Files)
        {
            if (FileType.FindOrNull(type) is null)
                yield return $"{where}.files: '{type}' is not a file type; use boot-kernel, boot-initrd, boot-dtb, squashfs, root-image.gz, root-tgz, root-dd.gz, manifest, …";
            if (MissingOrNull($"{where}.files.{type}", described.Path, folder) is { } missing)
                yield return missing;
        }
    }

    /// <summary>Images whose product would have one name: readers would see only the last of them.</summary>
    private static IEnumerable<string> Collisions(IEnumerable<ImageDescription> images)
    {
        foreach (var product in images.Select((image, n) => (image, n)).GroupBy(i => (i.image.Os, i.image.Number, i.image.Arch, i.image.Subarch, i.image.Kflavor, i.image.Label)))
        {
            var (first, at) = product.First();
            foreach (var (image, n) in product.Skip(1).Where(i => i.image.Release != first.Release))
                yield return $"images[{n}]: release '{image.Release}' has the version '{image.Number}' of images[{at}] (release '{first.Release}'); give each release a version of its own";
            foreach (var (image, n) in product.GroupBy(i => i.image.Set, StringComparer.Ordinal).SelectMany(s => s.Skip(1)).Where(i => i.image.Release == first.Release))
                yield return $"images[{n}]: {image.Os}/{image.Release} {image.Arch} has the set '{image.Set}' twice";
        }
    }

    private static IEnumerable<string> Judge(BootloaderDescription loader, string where, string folder)
    {
        foreach (var mistake in Names(where, ("os", loader.Os), ("type", loader.Type), ("arch", loader.Arch), ("set", loader.Set)))
            yield return mistake;
        if (loader.Archives.Count == 0)
            yield return $"{where}.archives: at least one archive is needed";
        foreach (var (name, archive) in loader.Archives)
        {
            foreach (var mistake in Names($"{where}.archives.{name}", ("(its name)", name), ("package", archive.Package), ("version", archive.Version), ("release", archive.Release)))
                yield return mistake;
            if (archive.Files.Count == 0)
                yield return $"{where}.archives.{name}.files: at least one file is needed";
            foreach (var double_ in archive.Files.GroupBy(Path.GetFileName, StringComparer.Ordinal).Where(g => g.Count() > 1))
                yield return $"{where}.archives.{name}.files: two files are called '{double_.Key}', and the archive has no folders";
            foreach (var file in archive.Files)
            {
                if (MissingOrNull($"{where}.archives.{name}.files", file, folder) is { } missing)
                    yield return missing;
            }
        }
    }

    private static IEnumerable<string> Names(string where, params IEnumerable<(string Key, string Value)> names) =>
        names.Where(n => !SafeName.IsSafe(n.Value)).Select(n => n.Value.Length == 0
            ? $"{where}: {n.Key} is needed"
            : $"{where}: {n.Key} '{n.Value}' may not hold slashes, blanks or control characters");

    private static string? MissingOrNull(string where, string path, string folder) =>
        path.Length == 0 ? $"{where}: path is needed"
        : !File.Exists(Path.Combine(folder, path)) ? $"{where}: there is no file '{path}' in {folder}"
        : new FileInfo(Path.Combine(folder, path)).Length == 0 ? $"{where}: '{path}' is empty; importers refuse empty files"
        : null;

    private static CommandFailure Invalid(string file, IReadOnlyCollection<string> mistakes) =>
        new(new Fault("description-invalid", $"The description {file} cannot be used:\n  " + string.Join("\n  ", mistakes)));
}
