using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Transfers.Http;

/// <summary>
/// The one place that makes HTTP requests: proxy, certificate authorities, credentials, redirects and time-outs are decided
/// here and nowhere else. Thread-safe; one per installation.
/// </summary>
public sealed class HttpSender : IDisposable
{
    private readonly HttpSettings _settings;
    private readonly HttpClient _client;
    private readonly ProxyRules? _proxy;
    private readonly Dictionary<string, Lazy<HttpClient>> _sites = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts with settings that <see cref="HttpSettings.Problems"/> finds nothing wrong with.</summary>
    /// <param name="settings">How requests leave.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wire">Answers in place of every network; null: the network, as the settings say.</param>
    /// <exception cref="ArgumentException">The settings cannot be used; all reasons are in the message.</exception>
    public HttpSender(HttpSettings settings, TimeProvider time, HttpMessageHandler? wire = null)
    {
        if (settings.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems.Select(problem => problem.Message)), nameof(settings));
        _settings = settings;
        Time = time;
        _proxy = settings.Proxy is { } proxy ? new ProxyRules(ProxyRules.ParseProxyOrNull(proxy)!, settings.NoProxy) : null;
        Failures = new FailureReader(settings, _proxy, time);
#pragma warning disable RS0030 // this is the factory that the rule points to
        _client = new HttpClient(wire ?? MakeHandler(_proxy, null)) { Timeout = Timeout.InfiniteTimeSpan };
        foreach (var site in settings.Sites)
        {
            // Made when it is used, so that a certificate file that is missing is the failure of its own source only.
            var client = new Lazy<HttpClient>(() => new HttpClient(MakeHandler(ProxyOf(site), site)) { Timeout = Timeout.InfiniteTimeSpan });
            foreach (var url in site.Urls)
                _sites.TryAdd(new Uri(url).GetLeftPart(UriPartial.Authority), client);
        }
#pragma warning restore RS0030
    }

    internal TimeProvider Time { get; }

    internal FailureReader Failures { get; }

    internal TimeSpan StallTimeout => _settings.StallTimeout;

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        foreach (var site in _sites.Values.Where(s => s.IsValueCreated))
            site.Value.Dispose();
    }

    /// <summary>
    /// Sends a GET and follows redirects; the answer's body is not read yet. Statuses are not judged here.
    /// </summary>
    /// <param name="url">May have credentials, which become an Authorization header, and stay with that server.</param>
    /// <param name="prepare">Adds headers.</param>
    /// <param name="cancel">Ends the wait.</param>
    internal async Task<(HttpResponseMessage? Response, Failure? Failure)> SendAsync(
        Uri url,
        Action<HttpRequestHeaders> prepare,
        CancellationToken cancel)
    {
        var authorization = UrlSecrets.AuthorizationOrNull(url);
        var hop = UrlSecrets.Without(url);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            if (await RefusalAsync(hop, cancel) is { } refused)
                return (null, refused);
            if (!seen.Add(hop.AbsoluteUri) || seen.Count > _settings.MaxRedirects + 1)
            {
                return (null, Failure.Of(
                    TransferErrors.RedirectLoop,
                    Remedy.OtherServer,
                    $"{UrlSecrets.Show(url)} redirects in a circle, or more than {_settings.MaxRedirects} times."));
            }

            var (response, failure) = await SendOnceAsync(hop, authorization, prepare, cancel);
            if (response is null || !IsRedirect(response) || response.Headers.Location is not { } location)
                return (response, failure);
            response.Dispose();
            var next = UrlSecrets.Without(location.IsAbsoluteUri ? location : new Uri(hop, location));
            if (hop.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
                return (null, Refused(url, next, "from https to http"));
            if (next.Scheme != Uri.UriSchemeHttp && next.Scheme != Uri.UriSchemeHttps)
                return (null, Refused(url, next, $"to the scheme '{next.Scheme}'"));
            if (!next.Authority.Equals(hop.Authority, StringComparison.OrdinalIgnoreCase) || next.Scheme != hop.Scheme)
                authorization = null;
            hop = next;
        }
    }

    /// <summary>
    /// Sends one request of any method and reads the answer whole; for small exchanges with a server of our own. Redirects are not
    /// followed, statuses not judged.
    /// </summary>
    /// <param name="request">The request, with all its headers.</param>
    /// <param name="limit">Most bytes that are taken.</param>
    /// <param name="patience">How long the whole exchange may take.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<(ExchangeAnswer? Answer, Fault? Fault)> ExchangeAsync(
        HttpRequestMessage request, int limit, TimeSpan patience, CancellationToken cancel)
    {
        var url = request.RequestUri!;
        request.Headers.UserAgent.ParseAdd(_settings.UserAgent);
        using var span = TransferTraces.StartOrNull(request);
        using var stall = new StallTimer(patience, Time, cancel);
        try
        {
            stall.Moved();
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            TransferTraces.Answered(span, response);
            await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
            using var all = new System.IO.MemoryStream();
            var piece = new byte[16 * 1024];
            for (int count; (count = await body.ReadAsync(piece, stall.Token)) > 0;)
            {
                if (all.Length + count > limit)
                    return (null, new Fault(TransferErrors.DocumentTooLarge, $"{UrlSecrets.Show(url)} answered with more than {limit} bytes."));
                await all.WriteAsync(piece.AsMemory(0, count), stall.Token);
            }

            var cause = response.Headers.TryGetValues("traceparent", out var traces) ? traces.FirstOrDefault() : null;
            return (new ExchangeAnswer(response.StatusCode, response.Headers.ETag?.ToString(), all.ToArray()) { Cause = cause }, null);
        }
        catch (OperationCanceledException) when (stall.Expired)
        {
            return (null, Failures.Stalled(url).Fault);
        }
        catch (OperationCanceledException timeout) when (!cancel.IsCancellationRequested)
        {
            return (null, Failures.FromException(timeout, url).Fault);
        }
        catch (Exception failure) when (failure is HttpRequestException or System.IO.IOException)
        {
            return (null, Failures.FromException(failure, url).Fault);
        }
    }

    private static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Failure Refused(Uri url, Uri next, string how) => Failure.Of(
        TransferErrors.RedirectRefused,
        Remedy.OtherServer,
        $"{UrlSecrets.Show(url)} redirects {how}, to {UrlSecrets.Show(next)}, which is not followed; use the final URL if you trust it.");

    private async Task<(HttpResponseMessage? Response, Failure? Failure)> SendOnceAsync(
        Uri url,
        AuthenticationHeaderValue? authorization,
        Action<HttpRequestHeaders> prepare,
        CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.ParseAdd(_settings.UserAgent);
        request.Headers.Authorization = authorization;
        prepare(request.Headers);
        using var span = TransferTraces.StartOrNull(request);
        using var stall = new StallTimer(_settings.StallTimeout + _settings.ConnectTimeout, Time, cancel);
        try
        {
            var response = await ClientOf(url).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            TransferTraces.Answered(span, response);
            return (response, null);
        }
        catch (OperationCanceledException) when (stall.Expired)
        {
            return (null, Failures.Stalled(url));
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return (null, Failure.Of(
                TransferErrors.SettingInvalid,
                Remedy.OtherServer,
                $"The proxy or certificates set for {url.Authority} cannot be used: {unusable.Message}"));
        }
        catch (OperationCanceledException timeout) when (!cancel.IsCancellationRequested)
        {
            return (null, Failures.FromException(timeout, url));
        }
        catch (HttpRequestException failure)
        {
            return (null, Failures.FromException(failure, url));
        }
    }

    private async ValueTask<Failure?> RefusalAsync(Uri hop, CancellationToken cancel)
    {
        if (hop.Scheme != Uri.UriSchemeHttp && hop.Scheme != Uri.UriSchemeHttps)
            return Failure.Of(TransferErrors.UrlRefused, Remedy.OtherServer, $"'{UrlSecrets.Show(hop)}' is neither http nor https.");
        Fault? fault = _settings.CheckHop is { } check ? await check(hop, cancel) : null;
        return fault is null ? null : new Failure(fault, Remedy.OtherServer);
    }

    private HttpClient ClientOf(Uri url) =>
        _sites.Count > 0 && _sites.TryGetValue(url.GetLeftPart(UriPartial.Authority), out var site) ? site.Value : _client;

    private ProxyRules? ProxyOf(SiteSettings site) => site.Proxy switch
    {
        null => _proxy,
        SiteSettings.Direct => null,
        // Who names a proxy for one source means it, whatever is reached directly otherwise.
        { } proxy => new ProxyRules(ProxyRules.ParseProxyOrNull(proxy) ?? throw new ArgumentException("The proxy has to be a URL."), []),
    };

    private SocketsHttpHandler MakeHandler(ProxyRules? proxy, SiteSettings? site)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = _settings.ConnectTimeout,
            MaxResponseDrainSize = 0, // a connection whose answer was given up is not used again: it came back broken (S3Connections)
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that a changed DNS entry is noticed
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy,
            ActivityHeadersPropagator = null, // TransferTraces does it, when somebody listens
        };
        if (_settings.CaFiles.Count > 0 || site?.CertificateAuthorities is not null)
            handler.SslOptions.CertificateChainPolicy = TrustOurToo(site?.CertificateAuthorities);
        if (site?.ClientCertificateFile is { } file)
        {
            // The platform cannot use a key that is only in memory of PEM on every system; a PKCS#12 round trip makes it usable.
            using var pem = X509Certificate2.CreateFromPemFile(file);
            handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null)];
        }

        return handler;
    }

    /// <summary>The system's authorities and the operator's: a chain policy that names its own roots forgets the system's.</summary>
    private X509ChainPolicy TrustOurToo(string? more)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // as the platform's own default for HTTP clients
        };
        using (var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly))
            policy.CustomTrustStore.AddRange(system.Certificates);
        foreach (var file in _settings.CaFiles)
            policy.CustomTrustStore.AddRange(HttpSettings.ReadCertificates(file));
        if (more is not null)
            policy.CustomTrustStore.ImportFromPem(more);
        return policy;
    }
}

/// <summary>The answer of <see cref="HttpSender.ExchangeAsync"/>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ETag">Entity tag with its quotes; null when there is none.</param>
/// <param name="Body">The body.</param>
public sealed record ExchangeAnswer(HttpStatusCode Status, string? ETag, byte[] Body)
{
    /// <summary>The trace of what made the server answer as it does (a W3C traceparent); null when it names none.</summary>
    public string? Cause { get; init; }
}
