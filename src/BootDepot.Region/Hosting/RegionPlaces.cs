using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Region.Api.Accounts;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Live;
using BootDepot.Region.Observing;
using BootDepot.Region.Publishing;
using BootDepot.Region.Publishing.Views;
using BootDepot.Region.Ui;
using BootDepot.Region.Uploads.Tus;
using BootDepot.Serving;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Hosting;

/// <summary>A part of the region and the paths it answers.</summary>
/// <param name="Name">Its path as people write it: with a slash at its end, all that is below.</param>
/// <param name="Serves">Whether a path (runs of slashes are one) is its own.</param>
/// <param name="ServeAsync">Answers.</param>
internal sealed record RegionPlace(string Name, Func<string, bool> Serves, Func<HttpContext, string, Task> ServeAsync);

/// <summary>Everything the region answers, as data: what is not in this list is not there.</summary>
internal sealed class RegionPlaces(
    ApiDispatcher api, SignInEndpoint signIn, StreamServer stream, TusServer tus, LiveServer live, HealthEndpoints health)
{
    /// <summary>The first one that serves a path answers it.</summary>
    public ImmutableArray<RegionPlace> All { get; } =
    [
        Below(ApiHandler.RootOf(ApiVersion.Two), (http, rest) => api.ServeAsync(ApiVersion.Two, rest, http)),
        Below(StreamServer.Base, stream.ServeAsync),
        Below(ApiHandler.RootOf(ApiVersion.One), (http, rest) => api.ServeAsync(ApiVersion.One, rest, http)),
        new(
            TusServer.Base,
            path => path.StartsWith(TusServer.Base, StringComparison.Ordinal) || path == TusServer.Base[..^1],
            (http, path) => tus.ServeAsync(http, path[Math.Min(path.Length, TusServer.Base.Length)..])),
        new("/MAAS/api/version/", path => path is "/MAAS/api/version/" or "/MAAS/api/version", (http, _) => ApiAnswer.BareText("2.0").SendAsync(http, http.RequestAborted)),
        At("/MAAS/accounts/authenticate/", signIn.AuthenticateAsync),
        At("/MAAS/accounts/login/", SignInEndpoint.LoginAsync),
        At(LiveServer.Path, live.ServeAsync),
        At("/healthz", HealthEndpoints.AnswerAliveAsync),
        At("/readyz", health.AnswerReadyAsync),
        At("/metrics", health.AnswerMetricsAsync),
        new("/MAAS/", UiServer.Serves, UiServer.ServeAsync),
    ];

    /// <summary>Answers a request, or says that there is nothing.</summary>
    public Task ServeAsync(HttpContext http)
    {
        // libmaas and the CLI post to …/api/2.0//account/: runs of slashes are one.
        var path = CollapseSlashes(http.Request.Path.Value ?? "/");
        http.Request.Path = Shown(path);
        if (All.FirstOrDefault(p => p.Serves(path)) is { } place)
        {
            RequestTraces.Name(RegionTraces.Source, place.Name, http.Request.Path);
            return place.ServeAsync(http, path);
        }

        return ApiAnswer.Text("Not Found", StatusCodes.Status404NotFound).SendAsync(http, http.RequestAborted);
    }

    // What logs and spans show: the token of a private view is none of theirs.
    private static string Shown(string path)
    {
        const string root = StreamServer.Base + ViewPath.PrivatePrefix;
        return path.StartsWith(root, StringComparison.Ordinal)
            ? root + "***" + (path.IndexOf('/', root.Length) is var end && end < 0 ? "" : path[end..])
            : path;
    }

    private static RegionPlace At(string path, Func<HttpContext, Task> serveAsync) => new(path, p => p == path, (http, _) => serveAsync(http));

    private static RegionPlace Below(string root, Func<HttpContext, string, Task> serveAsync) =>
        new(root, p => p.StartsWith(root, StringComparison.Ordinal), (http, path) => serveAsync(http, path[root.Length..]));

    private static string CollapseSlashes(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
            path = path.Replace("//", "/", StringComparison.Ordinal);
        return path;
    }
}
