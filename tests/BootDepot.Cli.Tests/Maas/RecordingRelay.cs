using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Passes requests on to a server unchanged, and remembers what was asked and what it answered.</summary>
internal sealed class RecordingRelay : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private RecordingRelay(WebApplication app, Uri target) =>
        (_app, _http) = (app, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = target });

    public string Url => _app.Urls.First();

    /// <summary>Method, path and query, status and body of each exchange, in order.</summary>
    public List<(string Request, int Status, byte[] Body)> Exchanges { get; } = [];

    /// <summary>Bytes of the bodies of all PUT requests.</summary>
    public long BytesPut { get; private set; }

    /// <summary>Asked before a request is passed on; true: the connection is cut instead.</summary>
    public Func<HttpRequest, bool> Cuts { get; set; } = _ => false;

    public static async Task<RecordingRelay> StartAsync(Uri target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http1));
        var relay = new RecordingRelay(builder.Build(), target);
        relay._app.Run(relay.PassOnAsync);
        await relay._app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        if (Cuts(context.Request))
        {
            context.Abort();
            return;
        }

        var target = context.Request.Path + context.Request.QueryString;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target);
        using var body = new System.IO.MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        request.Content = new ByteArrayContent(body.ToArray());
        if (context.Request.Method == "PUT")
            BytesPut += body.Length;
        foreach (var (name, values) in context.Request.Headers.Where(h => h.Key is not ("Host" or "Connection" or "Content-Length")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values))
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        Exchanges.Add(($"{context.Request.Method} {target}", (int)response.StatusCode, answer));
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not ("Transfer-Encoding" or "Date" or "Server")))
            context.Response.Headers[name] = values.ToArray();
        if (answer.Length > 0 && context.Request.Method != "HEAD")
            await context.Response.Body.WriteAsync(answer);
    }
}
