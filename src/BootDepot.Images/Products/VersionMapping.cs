using System;
using System.Collections.Generic;
using System.Globalization;

namespace BootDepot.Images.Products;

/// <summary>A version of a product mapped to the files of a set, or the reason why it cannot be used.</summary>
internal sealed class VersionMapping
{
    private const string RootImage = "root-image.gz";
    private const string Squashfs = "squashfs";

    private readonly List<OfferedFile> _files = [];
    private readonly Dictionary<string, OfferedFile> _byFilename = new(StringComparer.Ordinal);
    private readonly string _subject;
    private readonly List<Problem> _problems;

    private VersionMapping(string subject, List<Problem> problems) => (_subject, _problems) = (subject, problems);

    /// <summary>Its files, companions included.</summary>
    public IReadOnlyList<OfferedFile> Files => _files;

    /// <summary>What it can do at boot.</summary>
    public FileRoles Roles { get; private set; }

    /// <summary>Why it cannot be used; null if it can.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>Maps a version; items that are left out are added to <paramref name="problems"/>.</summary>
    public static VersionMapping Of(
        OfferedProduct product, OfferedVersion version, Dictionary<Digest, long> sizes, List<Problem> problems)
    {
        var mapping = new VersionMapping($"{product.Name} {version.Name}", problems);
        if (!SafeName.IsSafe(version.Name))
        {
            mapping.Fault = new Fault(
                "version-name-unsafe",
                $"The version name '{version.Name}' cannot be a path segment. The publisher has to rename it.");
            return mapping;
        }

        foreach (var item in version.Items)
        {
            mapping.Fault ??= mapping.AddOrFault(item);
        }

        mapping.Finish(sizes);
        return mapping;
    }

    private void Finish(Dictionary<Digest, long> sizes)
    {
        if (Fault is not null)
            return;
        if (Roles == FileRoles.None)
        {
            Fault = new Fault("version-without-files", "It has no file of a known type. Nothing to do.");
            return;
        }

        // Both hold the same root; MAAS keeps the squashfs.
        if (_files.Exists(f => f.Type.Name == Squashfs))
            _files.RemoveAll(f => f.Type.Name == RootImage);
        foreach (var file in _files)
        {
            if (!sizes.TryAdd(file.Digest, file.Size) && sizes[file.Digest] != file.Size)
            {
                Fault = new Fault(
                    "item-digest-with-two-sizes",
                    $"The item {file.ItemName} has {file.Size} bytes with the SHA-256 {file.Digest}, which elsewhere in "
                    + $"this stream has {sizes[file.Digest]}. The publisher has to correct the stream.");
                return;
            }
        }
    }

    private Fault? AddOrFault(OfferedItem item)
    {
        var typeName = item.Tags.GetValueOrDefault("ftype", "");
        if (!item.Tags.TryGetValue("path", out var path))
            return null; // a pure fact (an id of a cloud image): there is nothing to fetch
        if (FileType.FindOrNull(typeName) is not { } type)
        {
            _problems.Add(new Problem(ProblemLevel.Note, $"{_subject} {item.Name}", new Fault(
                "item-type-unknown",
                $"Its ftype '{typeName}' is not one that can be served. The item is left out; nothing to do.")));
            return null;
        }

        var fault = FileOrFault(item, type, path, out var file) ?? FilenameFaultOrNull(file!);
        if (fault is null)
        {
            if (_byFilename.TryAdd(file!.Filename, file))
                _files.Add(file);
            Roles |= FileRolesOf(type);
            return null;
        }

        if (!type.IsCompanion)
            return fault;
        _problems.Add(new Problem(ProblemLevel.Warning, $"{_subject} {item.Name}", fault));
        return null;
    }

    private static Fault? FileOrFault(OfferedItem item, FileType type, string path, out OfferedFile? file)
    {
        file = null;
        if (item.PathFault is { } pathFault)
            return pathFault;
        if (item.Name.Length > SafeName.MaxLength || path.Length > ProductMapping.MaxProductName)
        {
            return new Fault(
                "item-name-too-long",
                $"The item {Short(item.Name)} has a name of more than {SafeName.MaxLength} or a path of more than "
                + $"{ProductMapping.MaxProductName} characters. The publisher has to shorten it.");
        }

        if (!item.Tags.TryGetValue("sha256", out var sha))
        {
            return new Fault(
                "item-digest-missing",
                $"The item {item.Name} has no sha256, so its bytes could not be verified. The publisher has to add it.");
        }

        if (!Digest.TryParse(sha, out var digest))
        {
            return new Fault(
                "item-digest-malformed",
                $"The sha256 of the item {item.Name} is '{Short(sha)}', not 64 hexadecimal digits. "
                + "The publisher has to correct it.");
        }

        var sizeText = item.Tags.GetValueOrDefault("size", "");
        if (!long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            return new Fault(
                "item-size-malformed",
                $"The size of the item {item.Name} is '{Short(sizeText)}', not a number of bytes. "
                + "The publisher has to correct it.");
        }

        var filename = path[(path.LastIndexOf('/') + 1)..];
        file = new OfferedFile(filename, type, digest, size, path, item.Name);
        return null;
    }

    private Fault? FilenameFaultOrNull(OfferedFile file)
    {
        if (!SafeName.IsSafe(file.Filename))
        {
            return new Fault(
                "item-path-unsafe",
                $"The path of the item {file.ItemName} ends in '{Short(file.Filename)}', which cannot be a file name. "
                + "The publisher has to rename it.");
        }

        return _byFilename.TryGetValue(file.Filename, out var other) && other.Digest != file.Digest
            ? new Fault(
                "item-duplicate",
                $"The items {other.ItemName} and {file.ItemName} both claim the file name {file.Filename} with different "
                + "bytes. The publisher has to rename one.")
            : null;
    }

    private static FileRoles FileRolesOf(FileType type) => type.Name switch
    {
        "boot-kernel" => FileRoles.Kernel,
        "boot-initrd" => FileRoles.Initrd,
        Squashfs or RootImage => FileRoles.Root,
        _ => type.IsCompanion ? FileRoles.None : FileRoles.Other,
    };

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}

/// <summary>Which parts of a bootable image a version has.</summary>
[Flags]
internal enum FileRoles
{
    /// <summary>No file that could be served.</summary>
    None = 0,

    /// <summary>A kernel.</summary>
    Kernel = 1,

    /// <summary>An initial RAM disk.</summary>
    Initrd = 2,

    /// <summary>The root that the kernel mounts (squashfs or root-image.gz).</summary>
    Root = 4,

    /// <summary>Anything else that can be served: a root archive, a disk, a boot loader.</summary>
    Other = 8,
}
