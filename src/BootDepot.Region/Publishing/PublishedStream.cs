using System;
using System.Collections.Generic;
using BootDepot.Images;

namespace BootDepot.Region.Publishing;

/// <summary>One state of the published stream: all its documents, signed, as bytes. Immutable; replaced as a whole.</summary>
/// <param name="ChangeVersion">The catalogue change that it was made from.</param>
/// <param name="Documents">By path below the stream's base: indexes, product documents, their signatures, written manifests.</param>
internal sealed record PublishedStream(long ChangeVersion, IReadOnlyDictionary<string, PublishedDocument> Documents);

/// <summary>One state of a view.</summary>
/// <param name="IsPrivate">Whether a token is needed to read it.</param>
/// <param name="Stream">Its documents, by path below the view's base.</param>
/// <param name="Files">What it shows, or showed a moment ago.</param>
internal sealed record PublishedView(bool IsPrivate, PublishedStream Stream, IReadOnlySet<Digest> Files);

/// <summary>A document as it is sent.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Strong entity tag, quoted.</param>
/// <param name="Modified">When its content last changed.</param>
/// <param name="Immutable">Whether the path can never have other bytes.</param>
internal sealed record PublishedDocument(
    byte[] Bytes, string ContentType, string ETag, DateTimeOffset Modified, bool Immutable = false);
