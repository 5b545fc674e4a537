using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>
/// Sends the chunks of one upload, one after the other. After a failure it asks the server how many bytes it has, so that
/// a lost reply neither repeats nor loses any.
/// </summary>
internal sealed class UploadTransfer
{
    private readonly MaasConnection _connection;
    private readonly UnfinishedUpload _upload;
    private readonly IProgress<UploadProgress>? _progress;
    private readonly string _path;
    private readonly long _started;
    private long _first;
    private int _failures;

    public UploadTransfer(MaasConnection connection, UnfinishedUpload upload, IProgress<UploadProgress>? progress)
    {
        _connection = connection;
        _upload = upload;
        _progress = progress;
        _path = UploadPath.For(connection.Api, upload.UploadUri);
        _started = connection.Time.GetTimestamp();
    }

    public async Task SendAsync(UploadContent content, int chunkSize, CancellationToken ct)
    {
        using var activity = MaasDiagnostics.Source.StartActivity("upload");
        activity?.SetTag("bootdepot.resource_id", _upload.ResourceId);
        var size = _upload.Digest.Size;
        var position = _first = _upload.Offset;
        var chunks = new ChunkReader(content, (int)Math.Min(chunkSize, Math.Max(1, size)), size);
        await using var closing = chunks.ConfigureAwait(false);
        Report(position);
        while (position < size)
        {
            var chunk = await chunks.ReadAsync(position, ct).ConfigureAwait(false);
            Exception problem;
            try
            {
                var answer = await PutAsync(chunk, position, ct).ConfigureAwait(false);
                // Exactly 200: anything else means that the chunk was not taken.
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    position += chunk.Length;
                    _failures = 0;
                    MaasDiagnostics.CountUploaded(chunk.Length);
                    continue;
                }

                problem = MaasApiException.From(_connection.Failure(PutCall(chunk, null), answer));
                if (!Retries.MayRepeatChunk(answer.StatusCode))
                    throw new MaasUploadException(_upload, position, problem);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                problem = e;
            }

            position = await RecoverAsync(position, problem, ct).ConfigureAwait(false);
        }
    }

    private async Task<MaasAnswer> PutAsync(ReadOnlyMemory<byte> chunk, long position, CancellationToken ct)
    {
        using var stall = new StallGuard(_connection.Options.StallTimeout, _connection.Time);
        var call = PutCall(chunk, sent =>
        {
            stall.Moved();
            Report(position + sent);
        });
        return await _connection.SendOnceAsync(call, ct, stall).ConfigureAwait(false);
    }

    private MaasCall PutCall(ReadOnlyMemory<byte> chunk, Action<int>? sent) =>
        new(HttpMethod.Put, _path) { Body = () => new ChunkContent(chunk, sent ?? (_ => { })) };

    /// <summary>Waits and asks for the offset, until there is an answer or the tries are used up.</summary>
    private async Task<long> RecoverAsync(long position, Exception problem, CancellationToken ct)
    {
        while (true)
        {
            if (_failures >= _connection.Options.Retry.MaxRetries || (problem is HttpRequestException lost && IsHopeless(lost)))
                throw new MaasUploadException(_upload, position, problem);
            var wait = Retries.Delay(_connection.Options.Retry, _failures++, (problem as MaasApiException)?.RetryAfter);
            await Task.Delay(wait, _connection.Time, ct).ConfigureAwait(false);
            try
            {
                return await OffsetAsync(_connection, _upload, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException
                || (e is MaasApiException api && Retries.MayRepeatChunk(api.StatusCode)))
            {
                problem = e;
            }
        }
    }

    /// <summary>
    /// How many bytes the server has: <c>HEAD</c> of the upload's address answers <c>Upload-Offset</c> on BootDepot; MAAS
    /// tells only a percentage of the file.
    /// </summary>
    public static async Task<long> OffsetAsync(MaasConnection connection, UnfinishedUpload upload, CancellationToken ct)
    {
        var head = new MaasCall(HttpMethod.Head, UploadPath.For(connection.Api, upload.UploadUri));
        var answer = await connection.SendOnceAsync(head, ct).ConfigureAwait(false);
        if (answer.IsSuccess && answer.Headers.TryGetValue("Upload-Offset", out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return Math.Min(offset, upload.Digest.Size);

        var call = new MaasCall(HttpMethod.Get, BootResources.PathOf(upload.ResourceId));
        answer = await connection.SendOnceAsync(call, ct).ConfigureAwait(false);
        connection.Ensure(call, answer);
        var resource = new BootResource(connection, connection.Parse(call, answer, Documents.Default.BootResourceDocument));
        var file = (resource.Sets ?? throw NoLongerThere(upload)).Values.SelectMany(s => s.Files.Values)
            .FirstOrDefault(f => f.UploadUri == upload.UploadUri || (f.Complete && f.Sha256 == upload.Digest.Sha256));
        return file?.BytesPresent ?? throw NoLongerThere(upload);
    }

    private static MaasRemoteException NoLongerThere(UnfinishedUpload upload) => new(
        string.Create(CultureInfo.InvariantCulture, $"Boot resource {upload.ResourceId} no longer waits for this upload; start it anew."));

    private static bool IsHopeless(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError;

    private void Report(long position)
    {
        if (_progress is null)
            return;
        var seconds = _connection.Time.GetElapsedTime(_started).TotalSeconds;
        _progress.Report(new UploadProgress(
            UploadPhase.Uploading, position, _upload.Digest.Size, seconds > 0 ? (position - _first) / seconds : 0));
    }
}

/// <summary>
/// Where an upload goes. The server names a path of its own; behind a proxy with a prefix only the part below the API's
/// address is of use.
/// </summary>
internal static class UploadPath
{
    public static string For(Uri api, string uploadUri)
    {
        if (Uri.TryCreate(uploadUri, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https")
            uploadUri = absolute!.PathAndQuery;
        var version = api.AbsolutePath[(api.AbsolutePath.LastIndexOf("/api/", StringComparison.Ordinal) + 1)..];
        var at = uploadUri.IndexOf("/" + version, StringComparison.Ordinal);
        return at >= 0 ? uploadUri[(at + 1 + version.Length)..] : uploadUri;
    }
}
