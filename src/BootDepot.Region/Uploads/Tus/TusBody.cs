using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Uploads.Tus;

/// <summary>
/// Appends a body to an upload. "The Server SHOULD store as much of the received data as possible": what came before a
/// cut stays, unless the chunk has a checksum, which cannot be checked on a part of it.
/// </summary>
internal static class TusBody
{
    /// <summary>Null when all of the body was appended, or <paramref name="look"/> has a refusal.</summary>
    public static async Task<TusRefusal?> AppendAsync(
        UploadHold hold, long size, HttpRequest request, ChecksumRule? checksum, FirstLook? look)
    {
        var writer = hold.Writer;
        var start = writer.Offset;
        if (start + (request.ContentLength ?? 0) > size)
            return new TusRefusal(StatusCodes.Status413PayloadTooLarge, $"There are only {size - start} bytes left to send.");
        try
        {
            if (await CopyAsync(hold, size, request.Body, checksum, look) is { } refusal)
            {
                await writer.TruncateAsync(start, CancellationToken.None);
                return refusal;
            }
        }
        catch (Exception e) when (checksum is not null && e is BadHttpRequestException or OperationCanceledException or IOException)
        {
            await writer.TruncateAsync(start, CancellationToken.None);
            throw;
        }

        if (checksum is null || checksum.Holds())
            return null;
        await writer.TruncateAsync(start, CancellationToken.None);
        return new TusRefusal(ChecksumRule.MismatchStatus, "The bytes are not those of the checksum; they were dropped.");
    }

    private static async Task<TusRefusal?> CopyAsync(
        UploadHold hold, long size, Stream body, ChecksumRule? checksum, FirstLook? look)
    {
        var writer = hold.Writer;
        using var piece = BlobPieces.Rent();
        while (true)
        {
            var (count, cut) = await FillAsync(body, piece.Memory);
            if (writer.Offset + count > size)
                return new TusRefusal(StatusCodes.Status413PayloadTooLarge, "More bytes came than the upload has.");
            if (count > 0)
            {
                // Bytes that may yet turn out to be damaged on the way tell nothing.
                if (cut is null && checksum is null && look is not null && await look.RefusesAsync(piece.Memory[..count]))
                    return null;
                // What came before a cut is written although the client has gone.
                await writer.AppendAsync(piece.Memory[..count], CancellationToken.None);
                checksum?.Append(piece.Memory.Span[..count]);
                if (checksum is null)
                    hold.Report();
            }

            cut?.Throw();
            if (count < piece.Memory.Length)
                return null;
        }
    }

    private static async Task<(int Count, System.Runtime.ExceptionServices.ExceptionDispatchInfo? Cut)> FillAsync(
        Stream body, Memory<byte> piece)
    {
        var filled = 0;
        // Without the token of the request: what the connection still holds when the client goes is wanted too. The body ends by
        // itself when the connection does.
        try
        {
            int count;
            while (filled < piece.Length && (count = await body.ReadAsync(piece[filled..], CancellationToken.None)) > 0)
                filled += count;
            return (filled, null);
        }
        catch (Exception e) when (e is BadHttpRequestException or OperationCanceledException or IOException)
        {
            return (filled, System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e));
        }
    }
}
