using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using BootDepot.Blobs.Hashing;

namespace BootDepot.Blobs.S3;

/// <summary>A part that the server has.</summary>
internal sealed record S3Part(int Number, string ETag, long Size);

/// <summary>Bytes that are not in a part yet, kept in an object of their own.</summary>
internal sealed record S3Piece(int Number, int Size);

/// <summary>
/// What is known of an unfinished transfer, so that any process can go on with it: the multipart upload, its parts, the state of the
/// hash at the end of the last part. The bytes behind that end are in the pieces, and the last of them follow in the same object.
/// </summary>
internal sealed record S3State
{
    /// <summary>State of a transfer of which nothing is stored.</summary>
    public static readonly S3State Empty = new();

    /// <summary>The form of this record.</summary>
    public int Version { get; init; } = 2;

    /// <summary>S3's id of the multipart upload; null before the first part.</summary>
    public string? UploadId { get; init; }

    /// <summary>Parts, in order.</summary>
    public IReadOnlyList<S3Part> Parts { get; init; } = [];

    /// <summary>Pieces behind the last part, in order.</summary>
    public IReadOnlyList<S3Piece> Pieces { get; init; } = [];

    /// <summary>The hash's state at the end of the last part.</summary>
    public byte[] Hash { get; init; } = new ResumableSha256().Save();

    /// <summary>Bytes in parts.</summary>
    public long PartBytes() => Parts.Sum(p => p.Size);

    /// <summary>One line.</summary>
    public byte[] Write() => [.. JsonSerializer.SerializeToUtf8Bytes(this), (byte)'\n'];

    /// <summary>Reads a state and the bytes that follow it; null when it is none of ours, or of a later version. (The first had no pieces.)</summary>
    public static (S3State State, byte[] Tail)? ReadOrNull(byte[] content)
    {
        var end = Array.IndexOf(content, (byte)'\n');
        if (end < 0)
            return null;
        try
        {
            var state = JsonSerializer.Deserialize<S3State>(content.AsSpan(0, end));
            return state is { Version: 1 or 2 } && new ResumableSha256().TryLoad(state.Hash) ? (state, content[(end + 1)..]) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
