using System;
using System.Globalization;
using BootDepot.Images;

namespace BootDepot.Blobs.S3;

// The layout, drawn once:
//
//   <prefix>
//     sha256/ab/abcd…      complete blobs: 64 hexadecimal digits; an object appears whole, by the end of a multipart upload, by a copy
//                          or by one PUT, and only after its digest was verified
//     partial/NAME         an unfinished transfer: a line of JSON (S3State), then the last bytes that are not in a part yet
//     partial/NAME/0, …    the bytes before them that are not in a part yet
//     staging/NAME         where a transfer whose digest was not known at first is put together, before it is copied
//
// Parts of an unfinished transfer are those of an S3 multipart upload to its final key, which no reader can see.
internal sealed class S3Keys(string prefix)
{
    public string Blobs { get; } = prefix + "sha256/";

    public string Partials { get; } = prefix + "partial/";

    public string Blob(Digest digest) => $"{Blobs}{digest.Hex[..2]}/{digest.Hex}";

    public string Partial(PartialName name) => Partials + name;

    public string Pieces(PartialName name) => $"{Partials}{name}/";

    public string Piece(PartialName name, int number) => string.Create(CultureInfo.InvariantCulture, $"{Partials}{name}/{number}");

    /// <summary>Where the bytes of a transfer are put together: at once where they belong, if the name says where that is.</summary>
    public string TargetOf(PartialName name) =>
        Digest.TryParse(name.ToString(), out var digest) ? Blob(digest) : $"{prefix}staging/{name}";

    public bool TryReadBlob(string key, out Digest digest)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return Digest.TryParse(name, out digest) && key == Blob(digest);
    }

    /// <summary>Whose object that is: a partial's, or one of its pieces.</summary>
    public bool TryReadPartial(string key, out PartialName name)
    {
        name = default;
        if (!key.StartsWith(Partials, StringComparison.Ordinal))
            return false;
        var text = key[Partials.Length..];
        var end = text.IndexOf('/', StringComparison.Ordinal);
        return PartialName.TryParse(end < 0 ? text : text[..end], out name);
    }
}
