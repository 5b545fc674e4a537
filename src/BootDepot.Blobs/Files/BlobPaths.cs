using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using BootDepot.Images;

namespace BootDepot.Blobs.Files;

// The layout, drawn once:
//
//   <root>/                         <data>/blobs
//     sha256/                       complete blobs, sharded by the first two digits so that no folder grows large;
//                                   the 256 shards are made at start, so that no commit has to make one durable
//       ab/
//         abcd…                     64 hexadecimal digits, mode 0444; whole, verified and durable from the moment it is here
//     partial/                      what is being written
//       NAME.part                   as long as what was received; space for the rest may be reserved behind its end.
//                                   Locked (flock) by its writer. Becomes a blob by one rename.
//
// A file whose name has another form, a link and a folder in a file's place are somebody else's: never listed, never touched.
internal sealed class BlobPaths(string root)
{
    private const string PartialSuffix = ".part";

    public string Blobs { get; } = Path.Combine(root, "sha256");

    public string Partials { get; } = Path.Combine(root, "partial");

    public string Shard(Digest digest) => Path.Combine(Blobs, digest.Hex[..2]);

    public string Blob(Digest digest) => Path.Combine(Shard(digest), digest.Hex);

    public string Partial(PartialName name) => Path.Combine(Partials, name + PartialSuffix);

    public IEnumerable<string> Shards() => Enumerable.Range(0, 256).Select(n => Path.Combine(Blobs, n.ToString("x2", CultureInfo.InvariantCulture)));

    /// <summary>The digest that a file in a shard folder is named after, if its name is one of ours.</summary>
    public static bool TryReadBlob(string path, out Digest digest)
    {
        var name = Path.GetFileName(path);
        return Digest.TryParse(name, out digest)
            && digest.Hex == name
            && Path.GetFileName(Path.GetDirectoryName(path)) == name[..2];
    }

    /// <summary>The partial that a file is named after, if its name is one of ours.</summary>
    public static bool TryReadPartial(string path, out PartialName name)
    {
        var text = Path.GetFileName(path);
        name = default;
        return text.EndsWith(PartialSuffix, StringComparison.Ordinal)
            && PartialName.TryParse(text[..^PartialSuffix.Length], out name);
    }
}
