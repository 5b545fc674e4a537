using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Documents;

/// <summary>Fetches small documents whole, within a limit, and only when they changed. Thread-safe.</summary>
public sealed class DocumentFetcher(HttpSender http, TransferSettings settings)
{
    /// <summary>Fetches one document, with a few attempts where that can help.</summary>
    /// <param name="url">Where; may have credentials.</param>
    /// <param name="known">The state that the caller has; null to have it in any case.</param>
    /// <param name="limit">Most bytes that are taken, unpacked.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<DocumentAnswer> FetchAsync(Uri url, DocumentState? known, int limit, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, failure) = await AttemptAsync(url, known, limit, cancel);
            if (answer is not null)
                return answer;
            if (failure!.Remedy != Remedy.Retry || attempt >= settings.DocumentAttempts)
                return new DocumentAnswer.Failed(failure.Fault);
            var delay = settings.DelayBefore(attempt);
            // A server that wants to be left alone for long is asked again by the next run, not by this one.
            if (failure.RetryAfter > settings.LongestDelay)
                return new DocumentAnswer.Failed(failure.Fault);
            await Task.Delay(failure.RetryAfter > delay ? failure.RetryAfter.Value : delay, http.Time, cancel);
        }
    }

    private async Task<(DocumentAnswer? Answer, Failure? Failure)> AttemptAsync(
        Uri url,
        DocumentState? known,
        int limit,
        CancellationToken cancel)
    {
        var (response, failure) = await http.SendAsync(url, headers => Ask(headers, known), cancel);
        if (response is null)
            return (null, failure);
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotModified && known is not null)
                return (new DocumentAnswer.NotModified(), null);
            if (response.StatusCode != HttpStatusCode.OK)
                return (null, http.Failures.FromStatus(response, url));
            (var bytes, failure) = await ReadAsync(response, url, limit, cancel);
            return failure is null
                ? (new DocumentAnswer.Fetched(bytes, StateOrNull(response)), null)
                : (null, failure);
        }
    }

    private static void Ask(HttpRequestHeaders headers, DocumentState? known)
    {
        headers.AcceptEncoding.ParseAdd("gzip, br");
        if (known?.ETag is { } tag && EntityTagHeaderValue.TryParse(tag, out var parsed))
            headers.IfNoneMatch.Add(parsed);
        if (known?.LastModified is { } modified)
            headers.IfModifiedSince = modified;
    }

    private static DocumentState? StateOrNull(HttpResponseMessage response) =>
        (response.Headers.ETag, response.Content.Headers.LastModified) is var (tag, modified) && (tag is not null || modified is not null)
            ? new DocumentState(tag?.ToString(), modified)
            : null;

    private async Task<(ReadOnlyMemory<byte> Bytes, Failure? Failure)> ReadAsync(
        HttpResponseMessage response,
        Uri url,
        int limit,
        CancellationToken cancel)
    {
        using var stall = new StallTimer(http.StallTimeout, http.Time, cancel);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            await using var plain = UnpackedOrNull(body, response);
            if (plain is null)
            {
                return (default, Failure.Of(
                    TransferErrors.EncodingUnusable,
                    Remedy.OtherServer,
                    $"{UrlSecrets.Show(url)} is packed as '{string.Join(", ", response.Content.Headers.ContentEncoding)}', which was not asked for."));
            }

            var bytes = await ReadToLimitAsync(plain, response.Content.Headers.ContentLength, limit, stall);
            return bytes is { } all
                ? (all, null)
                : (default, Failure.Of(
                    TransferErrors.DocumentTooLarge,
                    Remedy.OtherServer,
                    $"{UrlSecrets.Show(url)} is larger than the {limit} bytes that are taken for such a document."));
        }
        catch (OperationCanceledException) when (stall.Expired)
        {
            return (default, http.Failures.Stalled(url));
        }
        catch (Exception damaged) when (damaged is InvalidDataException or InvalidOperationException) // gzip, br
        {
            return (default, Failure.Of(
                TransferErrors.EncodingUnusable,
                Remedy.Retry,
                $"{UrlSecrets.Show(url)} cannot be unpacked: {damaged.Message}"));
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return (default, http.Failures.FromException(broken, url));
        }
    }

    private static Stream? UnpackedOrNull(Stream body, HttpResponseMessage response)
    {
        var encodings = response.Content.Headers.ContentEncoding.Where(e => !e.Equals("identity", StringComparison.OrdinalIgnoreCase)).ToList();
        return encodings switch
        {
            [] => body,
            [var one] when one.Equals("gzip", StringComparison.OrdinalIgnoreCase) => new GZipStream(body, CompressionMode.Decompress),
            [var one] when one.Equals("br", StringComparison.OrdinalIgnoreCase) => new BrotliStream(body, CompressionMode.Decompress),
            _ => null,
        };
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadToLimitAsync(Stream stream, long? announced, int limit, StallTimer stall)
    {
        if (announced > limit)
            return null;
        var bytes = new byte[Math.Min(limit, announced ?? 64 * 1024) + 1];
        var length = 0;
        while (true)
        {
            stall.Moved();
            var count = await stream.ReadAsync(bytes.AsMemory(length), stall.Token);
            if (count == 0)
                return bytes.AsMemory(0, length);
            length += count;
            if (length > limit)
                return null;
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, limit + 1L));
        }
    }
}
