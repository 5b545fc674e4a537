using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Auth;
using BootDepot.Region.Imports.Progress;
using BootDepot.Region.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace BootDepot.Region.Live;

/// <summary>
/// <c>/MAAS/live/</c>: server-sent events (WHATWG HTML, section 9.2) for open pages. Each event is the whole state in brief, so an event
/// that is lost is made good by the next one.
/// </summary>
internal sealed class LiveServer(LiveFeed feed, BrowserSessions sessions, OAuthVerifier verifier, IHostApplicationLifetime lifetime)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/MAAS/live/";

    /// <summary>Open pages that are served at a time; the next one asks again by itself.</summary>
    public const int MaxWatchers = 200;

    // Most images that an event lists; the page asks for the rest.
    private const int MaxImages = 200;

    // So often something is sent, so that proxies keep the connection and a dead one is noticed.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    // A signed-out browser hears nothing more after this.
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(1);

    // An event follows another no sooner.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private int _watchers;

    /// <summary>Serves a page until it goes.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        if (!await MayAsync(http, ends.Token))
        {
            await ApiAnswer.BareText("Forbidden", StatusCodes.Status401Unauthorized).SendAsync(http, ends.Token);
            return;
        }

        if (Interlocked.Increment(ref _watchers) > MaxWatchers)
        {
            Interlocked.Decrement(ref _watchers);
            await ApiAnswer.Text("Too many pages are open.", StatusCodes.Status503ServiceUnavailable).SendAsync(http, ends.Token);
            return;
        }

        try
        {
            await SendAsync(http, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The page was closed, or the region stops.
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }

    private async Task<bool> MayAsync(HttpContext http, CancellationToken cancel)
    {
        var outcome = await verifier.VerifyAsync(OAuthParameters.FromHeaderOrNull(http.Request.Headers.Authorization.ToString()), cancel);
        if (outcome is AuthOutcome.Absent)
            outcome = await sessions.IdentifyAsync(http, cancel);
        return outcome is AuthOutcome.Accepted;
    }

    private async Task SendAsync(HttpContext http, CancellationToken cancel)
    {
        var response = http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        using var watch = feed.Watch();
        var time = TimeProvider.System;
        var checkedAt = time.GetTimestamp();
        var seen = await feed.ReadAsync(cancel);
        await WriteAsync(response, "retry: 2000\n" + Event(seen), cancel);
        while (true)
        {
            var state = await feed.NextOrNullAsync(seen, Heartbeat, cancel);
            seen = state ?? seen;
            if (time.GetElapsedTime(checkedAt) > Recheck)
            {
                checkedAt = time.GetTimestamp();
                if (http.Request.Headers.Authorization.Count == 0 && await sessions.FindOrNullAsync(http.Request, cancel) is null)
                    return;
            }

            await WriteAsync(response, state is null ? ":\n\n" : Event(state), cancel);
            await Task.Delay(Pause, cancel);
        }
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancel)
    {
        await response.WriteAsync(text, cancel);
        await response.Body.FlushAsync(cancel);
    }

    private static string Event(LiveState state) => $"data: {Encoding.UTF8.GetString(Render(state))}\n\n";

    private static byte[] Render(LiveState state)
    {
        using var stream = new System.IO.MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("catalog", state.Catalog);
            if (state.Import is { } import)
                Write(json, import);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ImportProgress import)
    {
        json.WriteStartObject("import");
        json.WriteNumber("id", import.Id);
        json.WriteString("state", JsonNamingPolicy.KebabCaseLower.ConvertName(import.State.ToString()));
        json.WriteString("phase", JsonNamingPolicy.KebabCaseLower.ConvertName(import.Phase.ToString()));
        json.WriteNumber("planned_bytes", import.PlannedBytes);
        json.WriteNumber("received_bytes", import.ReceivedBytes);
        json.WriteNumber("planned_sets", import.PlannedSets);
        json.WriteNumber("published_sets", import.PublishedSets);
        json.WriteNumber("problems", import.Problems.Count(p => p.Level == Images.ProblemLevel.Error));
        json.WriteStartArray("images");
        if (import.Phase != ImportPhase.Ended)
        {
            foreach (var image in import.Files.GroupBy(f => KeyOf(f.Image), StringComparer.Ordinal)
                .Where(g => g.Any(f => f.State != FileState.Stored)).Take(MaxImages))
                Write(json, image.Key, [.. image]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // "ubuntu/noble amd64/ga-24.04 20260309" is one kernel of the image ubuntu/noble:amd64.
    private static string KeyOf(string image)
    {
        var words = image.Split(' ');
        return words.Length < 2 ? image : $"{words[0]}:{words[1].Split('/')[0]}";
    }

    private static void Write(Utf8JsonWriter json, string key, List<FileProgress> files)
    {
        json.WriteStartObject();
        json.WriteString("image", key);
        json.WriteNumber("size", files.Sum(f => f.Size));
        json.WriteNumber("received", files.Sum(f => f.Received));
        var worst = files.Find(f => f.State == FileState.Failed) ?? files.Find(f => f.State == FileState.Waiting)
            ?? files.Find(f => f.State == FileState.Fetching) ?? files[0];
        // Some files move while another waits: the image is being fetched, and says what hinders it.
        var state = files.Exists(f => f.State == FileState.Fetching) ? FileState.Fetching
            : files.Exists(f => f.Received > 0 || f.State == FileState.Stored) && worst.State == FileState.Queued ? FileState.Fetching : worst.State;
        json.WriteString("state", state.ToString().ToLower(CultureInfo.InvariantCulture));
        if (worst.Fault is { } fault)
        {
            json.WriteString("code", fault.Code);
            json.WriteString("reason", fault.Message);
        }

        if (worst.RetryAt is { } at)
            json.WriteString("retry_at", WireDate.Format(at));
        json.WriteEndObject();
    }
}
