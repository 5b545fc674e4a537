using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Cli.Output;
using BootDepot.Images;
using BootDepot.Images.Selections;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Cli.Streams.Mirroring;

/// <summary>Images chosen by name, as boot source selections choose them.</summary>
internal sealed class ImageSelection
{
    private readonly List<(string Os, string Release, string[] Arches)> _images;

    private ImageSelection(List<(string Os, string Release, string[] Arches)> images) => _images = images;

    /// <exception cref="CommandFailure"><c>selection-invalid</c>.</exception>
    public static ImageSelection Parse(IEnumerable<string> words) => new(words.Select(Parse).ToList());

    /// <summary>The same as an import reads it: none takes everything.</summary>
    public IReadOnlyList<SelectionRule> Rules =>
        _images.ConvertAll(i => new SelectionRule(i.Os, i.Release, i.Arches, [SelectionRule.Any], [SelectionRule.Any]));

    /// <summary>Whether an item belongs to a chosen image; all do when nothing was chosen, and those of boot loaders always.</summary>
    public bool Takes(FlatItem item) =>
        _images.Count == 0
        || item["bootloader-type"] is not null
        || _images.Exists(i => Same(i.Os, item["os"]) && Same(i.Release, item["release"]) && Array.Exists(i.Arches, a => Same(a, item["arch"])));

    private static (string Os, string Release, string[] Arches) Parse(string word)
    {
        var parts = word.Split('/');
        return parts.Length is 2 or 3 && Array.TrueForAll(parts, p => p.Length > 0)
            ? (parts[0], parts[1], parts.Length == 3 ? parts[2].Split(',') : [SelectionRule.Any])
            : throw new CommandFailure(new Fault("selection-invalid", $"'{word}' is not an image: OS/RELEASE or OS/RELEASE/ARCH,ARCH is needed, as in ubuntu/noble/amd64."));
    }

    private static bool Same(string wanted, string? value) => wanted == SelectionRule.Any || wanted == value;
}
