using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace BootDepot.Transfers.Http;

/// <summary>Turns what HTTP gave into a failure that says what to do.</summary>
internal sealed class FailureReader(HttpSettings settings, ProxyRules? proxy, TimeProvider time)
{
    /// <summary>A server's wish to be left alone is honoured up to this.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(15);

    public Failure Stalled(Uri url) => Failure.Of(
        TransferErrors.Stalled,
        Remedy.Retry,
        $"{UrlSecrets.Show(url)} sent nothing for {settings.StallTimeout.TotalSeconds:0.#} s.");

    /// <summary>For a status that is not the wanted one.</summary>
    public Failure FromStatus(HttpResponseMessage response, Uri url)
    {
        var shown = UrlSecrets.Show(url);
        var status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone =>
                Failure.Of(TransferErrors.NotFound, Remedy.OtherServer, $"{shown} does not exist (status {status})."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Failure.Of(
                TransferErrors.Forbidden,
                Remedy.OtherServer,
                $"{shown} may not be read (status {status}); check the user name and password in the source's URL."),
            HttpStatusCode.ProxyAuthenticationRequired => ProxyWantsCredentials(),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new Failure(
                    new(TransferErrors.ServerError, $"The server failed to give {shown} (status {status})."),
                    Remedy.Retry,
                    RetryAfter(response)),
            _ => Failure.Of(TransferErrors.StatusUnexpected, Remedy.OtherServer, $"{shown} answered with status {status}."),
        };
    }

    /// <summary>For what was thrown while a request was sent or a body was read.</summary>
    public Failure FromException(Exception exception, Uri url)
    {
        var shown = UrlSecrets.Show(url);
        if (exception is OperationCanceledException)
        {
            return Failure.Of(
                TransferErrors.ConnectionFailed,
                Remedy.Retry,
                $"No connection for {shown} was made within {settings.ConnectTimeout.TotalSeconds:0.#} s.");
        }

        var error = (exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpIOException)?.HttpRequestError;
        var server = url.Authority;
        return error switch
        {
            HttpRequestError.NameResolutionError when ViaProxy(url) => ProxyUnreachable(exception),
            HttpRequestError.NameResolutionError =>
                Failure.Of(TransferErrors.Dns, Remedy.Retry, $"The name {url.Host} has no address; check it, and this machine's DNS."),
            HttpRequestError.ConnectionError when ViaProxy(url) => ProxyUnreachable(exception),
            HttpRequestError.ConnectionError when Has<SocketException>(exception)?.SocketErrorCode == SocketError.ConnectionRefused =>
                Failure.Of(TransferErrors.ConnectionRefused, Remedy.Retry, $"{server} refuses connections; is the server running?"),
            HttpRequestError.ConnectionError =>
                Failure.Of(TransferErrors.ConnectionFailed, Remedy.Retry, $"{server} cannot be reached: {Innermost(exception)}"),
            HttpRequestError.SecureConnectionError => Failure.Of(
                TransferErrors.Tls,
                Has<AuthenticationException>(exception) is null ? Remedy.Retry : Remedy.OtherServer,
                $"No trusted connection to {server}: {Innermost(exception)} If it has a private certificate authority, add that to the CA files."),
            HttpRequestError.ProxyTunnelError when (exception as HttpRequestException)?.StatusCode is HttpStatusCode.ProxyAuthenticationRequired =>
                ProxyWantsCredentials(),
            HttpRequestError.ProxyTunnelError => ProxyUnreachable(exception),
            HttpRequestError.ResponseEnded or null when exception is IOException or HttpRequestException => Truncated(url),
            _ when Has<SocketException>(exception) is not null => Truncated(url),
            _ => Failure.Of(TransferErrors.AnswerMalformed, Remedy.Retry, $"The answer for {shown} breaks HTTP: {Innermost(exception)}"),
        };
    }

    public static Failure Truncated(Uri url) =>
        Failure.Of(TransferErrors.Truncated, Remedy.Retry, $"The connection for {UrlSecrets.Show(url)} ended before the last byte.");

    private static T? Has<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not null and not T)
            exception = exception.InnerException;
        return (T?)exception;
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is not null)
            exception = exception.InnerException;
        return exception.Message.TrimEnd('.') + ".";
    }

    private bool ViaProxy(Uri url) => proxy?.IsBypassed(url) == false;

    private Failure ProxyUnreachable(Exception exception) => Failure.Of(
        TransferErrors.Proxy,
        Remedy.Retry,
        $"The proxy {proxy?.Name} cannot be used: {Innermost(exception)}");

    private Failure ProxyWantsCredentials() => Failure.Of(
        TransferErrors.ProxyAuth,
        Remedy.OtherServer,
        $"The proxy {proxy?.Name} wants a user name and a password (status 407); put the right ones into the proxy's URL.");

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wish = response.Headers.RetryAfter;
        var wait = wish?.Delta ?? wish?.Date - time.GetUtcNow();
        return wait is not { } asked ? null
            : asked < TimeSpan.Zero ? TimeSpan.Zero
            : asked > LongestRetryAfter ? LongestRetryAfter
            : asked;
    }
}
