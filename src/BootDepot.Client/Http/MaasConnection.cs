using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BootDepot.Client;

/// <summary>Sends calls: address, signature, retries, time limits, errors. Safe for use by several threads.</summary>
internal sealed partial class MaasConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly ILogger _log;

    public MaasConnection(Uri api, MaasApiKey? key, MaasClientOptions options)
    {
        Api = api;
        Key = key;
        Options = options;
        _ownsHttp = options.HttpClient is null;
        _http = options.HttpClient ?? new HttpClient(MaasHandler.Create(options), disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _log = (ILogger?)options.LoggerFactory?.CreateLogger("BootDepot.Client") ?? NullLogger.Instance;
    }

    public Uri Api { get; }

    public MaasApiKey? Key { get; }

    public MaasClientOptions Options { get; }

    public TimeProvider Time => Options.TimeProvider;

    /// <summary>The body of a 2xx answer as that type, which is prepared for reading while the request is on its way.</summary>
    public async Task<T> ReadAsync<T>(MaasCall call, Func<Documents, JsonTypeInfo<T>> type, CancellationToken ct)
    {
        var sending = SendAsync(call, ct);
        var expected = type(Documents.Default);
        var answer = await sending.ConfigureAwait(false);
        Ensure(call, answer);
        return Parse(call, answer, expected);
    }

    public async Task<MaasAnswer> RunAsync(MaasCall call, CancellationToken ct)
    {
        var answer = await SendAsync(call, ct).ConfigureAwait(false);
        Ensure(call, answer);
        return answer;
    }

    /// <summary>The answer, whatever its status, after the retries.</summary>
    public async Task<MaasAnswer> SendAsync(MaasCall call, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            TimeSpan wait;
            try
            {
                var answer = await SendOnceAsync(call, ct).ConfigureAwait(false);
                if (answer.IsSuccess || attempt >= Options.Retry.MaxRetries || !Retries.MayRepeat(call, answer))
                    return answer;
                wait = Retries.Delay(Options.Retry, attempt, Retries.AfterOrNull(answer, Time));
                LogRetry(call.Method, call.Path, (int)answer.StatusCode, wait);
            }
            catch (HttpRequestException e) when (call.IsRead && attempt < Options.Retry.MaxRetries && Retries.IsLost(e))
            {
                wait = Retries.Delay(Options.Retry, attempt, null);
                LogLost(call.Method, call.Path, e.Message, wait);
            }

            await Task.Delay(wait, Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>One try. <paramref name="stall"/> in place of the time limit where the body is large.</summary>
    public async Task<MaasAnswer> SendOnceAsync(MaasCall call, CancellationToken ct, StallGuard? stall = null)
    {
        var uri = call.Resolve(Api);
        using var activity = MaasDiagnostics.Start(call, uri);
        using var request = new HttpRequestMessage(call.Method, uri);
        Prepare(request, call);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, stall?.Token ?? default);
        using var timer = stall is null ? new CancellationTokenSource(Options.Timeout, Time) : null;
        using var registration = timer?.Token.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), limit);
        var started = Time.GetTimestamp();
        try
        {
            // Large bodies on a thread of their own, which blocks: waiting for room in the socket's buffer through the pool costs more
            // than sending. A caller's own client may not be able to do that.
            using var response = stall is not null && _ownsHttp
                ? await BlockingAsync(() => _http.Send(request, HttpCompletionOption.ResponseHeadersRead, limit.Token)).ConfigureAwait(false)
                : await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
            MaasDiagnostics.Finish(activity, call, response.StatusCode, Time.GetElapsedTime(started));
            LogAnswer(call.Method, uri.AbsolutePath, call.Operation, (int)response.StatusCode);
            return Answer(response, bytes);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "timeout");
            throw new HttpRequestException(HttpRequestError.Unknown,
                $"{call.Method} {uri.GetLeftPart(UriPartial.Path)}: no answer within "
                + $"{(stall is null ? Options.Timeout : Options.StallTimeout).TotalSeconds:0} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            throw;
        }
    }

    /// <summary>Streams the answer to a read, for lists too long to hold.</summary>
    public async Task<HttpResponseMessage> OpenAsync(MaasCall call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(call.Method, call.Resolve(Api));
        Prepare(request, call);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            Ensure(call, Answer(response, await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)));
            throw new UnreachableException();
        }
    }

    public void Ensure(MaasCall call, MaasAnswer answer)
    {
        if (!answer.IsSuccess)
            throw MaasApiException.From(Failure(call, answer));
    }

    public MaasFailure Failure(MaasCall call, MaasAnswer answer) => new(
        call.Method, call.Resolve(Api), answer.StatusCode, answer.ReasonPhrase,
        answer.ContentType?.Split(';')[0].Trim(), Mask(answer.Text), Retries.AfterOrNull(answer, Time));

    public T Parse<T>(MaasCall call, MaasAnswer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Content.Span, type)
                ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException e)
        {
            throw new MaasRemoteException(
                $"{call.Method} {call.Resolve(Api).GetLeftPart(UriPartial.Path)} was answered with something that is not "
                + $"{typeof(T).Name} ({answer.ContentType ?? "no content type"}): {e.Message}", answer.StatusCode, e);
        }
    }

    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }

    private static Task<T> BlockingAsync<T>(Func<T> send) =>
        Task.Factory.StartNew(send, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private void Prepare(HttpRequestMessage request, MaasCall call)
    {
        request.Headers.TryAddWithoutValidation("Accept", call.Accept);
        request.Headers.TryAddWithoutValidation("User-Agent", Options.UserAgent);
        if (call.IsSigned && Key is not null)
            request.Headers.Authorization = OAuthHeader.For(Key, Time);
        if (call.Body is not null)
            request.Content = call.Body();
        else if (call.Method == HttpMethod.Post || call.Method == HttpMethod.Put)
            request.Content = FormBody.CreateOrNull(call.Fields) ?? Empty();
    }

    // POST without parameters: Content-Length 0 and no content type, as the original command sends it.
    private static ByteArrayContent Empty() => new([]);

    private static MaasAnswer Answer(HttpResponseMessage response, byte[] content)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
            headers[name] = values.ToString();
        foreach (var (name, values) in response.Content.Headers.NonValidated)
            headers[name] = values.ToString();
        return new MaasAnswer
        {
            StatusCode = response.StatusCode,
            ReasonPhrase = response.ReasonPhrase ?? response.StatusCode.ToString(),
            Headers = headers,
            Content = content,
        };
    }

    // Some servers print the expected signature, which is the secret.
    private string Mask(string text) => Key is { Secret.Length: > 0 } key ? text.Replace(key.Secret, "***", StringComparison.Ordinal) : text;

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} op={Operation} -> {Status}")]
    private partial void LogAnswer(HttpMethod method, string path, string? operation, int status);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} -> {Status}; sent again in {Wait}")]
    private partial void LogRetry(HttpMethod method, string path, int status, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path}: {Reason}; sent again in {Wait}")]
    private partial void LogLost(HttpMethod method, string path, string reason, TimeSpan wait);
}
