using System;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Serving;

/// <summary>
/// Sends a blob: whole or one range, with a strong entity tag (its digest). Never compressed, never chunked: firmware and
/// mirrors rely on Content-Length.
/// </summary>
internal static class BlobAnswer
{
    // Large pieces: each costs one read and one send whatever its size. For a crowd smaller ones, so that memory stays flat: of the large
    // ones the runtime keeps some dozens for reuse and throws away the rest, which then waits long to be collected.
    private const int PieceSize = 256 * 1024;
    private const int PieceSizeInCrowd = 64 * 1024;
    private const int Crowd = 16;

    private static int _sending;

    /// <summary>Sends the blob; false, with nothing sent, when it is not held.</summary>
    public static async Task<bool> TrySendAsync(HttpContext http, IBlobStore blobs, Digest digest) =>
        await blobs.SizeOrNullAsync(digest, http.RequestAborted) is { } size
        && await TrySendAsync(http, digest, size, (offset, cancel) => blobs.OpenOrNullAsync(digest, offset, cancel));

    /// <summary>Sends bytes of a known digest and size from wherever they are; <paramref name="open"/> gets an offset.</summary>
    public static async Task<bool> TrySendAsync(
        HttpContext http, Digest digest, long size, Func<long, CancellationToken, Task<Stream?>> open)
    {
        var response = http.Response;
        var etag = $"\"{digest.Hex}\"";
        response.Headers.ETag = etag;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = Caching.Forever;
        if (Conditions.ClientHasIt(http.Request, etag, DateTimeOffset.MaxValue))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        var (range, unsatisfiable) = Conditions.RangeHolds(http.Request, etag) ? ByteRange.Of(http.Request, size) : (null, false);
        if (unsatisfiable)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{size}";
            response.ContentLength = 0;
            return true;
        }

        response.ContentType = "application/octet-stream";
        if (range is { } part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {part.Start}-{part.End}/{size}";
        }

        return await SendBytesAsync(http, open, range ?? new ByteRange(0, size));
    }

    private static async Task<bool> SendBytesAsync(
        HttpContext http, Func<long, CancellationToken, Task<Stream?>> open, ByteRange range)
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.ContentLength = range.Length;
            return true;
        }

        await using var bytes = await open(range.Start, http.RequestAborted);
        if (bytes is null)
        {
            // Deleted between the look and the opening.
            http.Response.Clear();
            return false;
        }

        http.Response.ContentLength = range.Length;
        await CopyAsync(bytes, http.Response.BodyWriter, range.Length, http.RequestAborted);
        return true;
    }

    /// <summary>Reads straight into the response's own buffers, so that no byte is copied twice in this process.</summary>
    private static async Task CopyAsync(Stream source, PipeWriter target, long length, CancellationToken cancel)
    {
        Interlocked.Increment(ref _sending);
        try
        {
            while (length > 0)
            {
                var piece = target.GetMemory((int)Math.Min(Volatile.Read(ref _sending) > Crowd ? PieceSizeInCrowd : PieceSize, length));
                if (piece.Length > length)
                    piece = piece[..(int)length];
                var read = await source.ReadAsync(piece, cancel);
                if (read == 0)
                    throw new EndOfStreamException("A stored blob is shorter than its size; run a scrub.");
                target.Advance(read);
                length -= read;
                if ((await target.FlushAsync(cancel)).IsCompleted)
                    return; // the client went away
            }
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }
}
