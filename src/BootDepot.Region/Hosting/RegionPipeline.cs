using System;
using System.Threading.Tasks;
using BootDepot.Region.Api.Accounts;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Live;
using BootDepot.Region.Publishing;
using BootDepot.Region.Ui;
using BootDepot.Region.Uploads.Tus;
using System.Diagnostics;
using BootDepot.Region.Observing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Region.Hosting;

/// <summary>Which part of the region answers which path. Everything is below <c>/MAAS/</c>.</summary>
internal static class RegionPipeline
{
    private static readonly string RootOne = ApiHandler.RootOf(ApiVersion.One);
    private static readonly string RootTwo = ApiHandler.RootOf(ApiVersion.Two);

    /// <summary>Builds the pipeline.</summary>
    public static void UseRegion(this IApplicationBuilder app)
    {
        var api = app.ApplicationServices.GetRequiredService<ApiDispatcher>();
        var signIn = app.ApplicationServices.GetRequiredService<SignInEndpoint>();
        var stream = app.ApplicationServices.GetRequiredService<StreamServer>();
        var tus = app.ApplicationServices.GetRequiredService<TusServer>();
        var health = app.ApplicationServices.GetRequiredService<HealthEndpoints>();
        var failures = app.ApplicationServices.GetRequiredService<FailureAnswers>();
        var metrics = app.ApplicationServices.GetRequiredService<RegionMetrics>();
        app.Use(async (HttpContext http, RequestDelegate next) =>
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await failures.ServeAsync(http, next);
            }
            finally
            {
                metrics.Count(http.Request.Path.Value ?? "/", http.Response.StatusCode, Stopwatch.GetElapsedTime(began));
            }
        });
        app.Use(async (http, next) =>
        {
            if (!await health.TryServeAsync(http))
                await next(http);
        });
        var live = app.ApplicationServices.GetRequiredService<LiveServer>();
        app.Use((http, next) => DispatchAsync(api, signIn, stream, tus, http, next));
        app.Use((http, next) => http.Request.Path.Value switch
        {
            LiveServer.Path => live.ServeAsync(http),
            { } path when UiServer.Serves(path) => UiServer.ServeAsync(http, path),
            _ => next(http),
        });
        app.Run(http => ApiAnswer.Text("Not Found", StatusCodes.Status404NotFound).SendAsync(http, http.RequestAborted));
    }

    private static Task DispatchAsync(
        ApiDispatcher api, SignInEndpoint signIn, StreamServer stream, TusServer tus, HttpContext http,
        RequestDelegate next)
    {
        // libmaas and the CLI post to …/api/2.0//account/: runs of slashes are one.
        var path = CollapseSlashes(http.Request.Path.Value ?? "/");
        http.Request.Path = path;
        if (path.StartsWith(RootTwo, StringComparison.Ordinal))
            return api.ServeAsync(ApiVersion.Two, path[RootTwo.Length..], http);
        if (path.StartsWith(RootOne, StringComparison.Ordinal))
            return api.ServeAsync(ApiVersion.One, path[RootOne.Length..], http);
        if (path.StartsWith(StreamServer.Base, StringComparison.Ordinal))
            return stream.ServeAsync(http, path[StreamServer.Base.Length..]);
        if (path.StartsWith(TusServer.Base, StringComparison.Ordinal) || path == TusServer.Base[..^1])
            return tus.ServeAsync(http, path[Math.Min(path.Length, TusServer.Base.Length)..]);
        return path switch
        {
            "/MAAS/api/version/" or "/MAAS/api/version" => ApiAnswer.BareText("2.0").SendAsync(http, http.RequestAborted),
            "/MAAS/accounts/authenticate/" => signIn.AuthenticateAsync(http),
            "/MAAS/accounts/login/" => SignInEndpoint.LoginAsync(http),
            _ => next(http),
        };
    }

    private static string CollapseSlashes(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
            path = path.Replace("//", "/", StringComparison.Ordinal);
        return path;
    }
}
