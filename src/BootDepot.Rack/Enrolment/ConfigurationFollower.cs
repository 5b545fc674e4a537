using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Enrolment;

/// <summary>
/// Follows what the region tells this rack: a request is always open there, and is answered when something changes. Keeps the
/// last answer on disk.
/// </summary>
internal sealed partial class ConfigurationFollower(
    RackFolder folder, RegionLink link, TimeProvider time, ILogger<ConfigurationFollower> log)
{
    private const string Path = "rack/configuration/?wait=25";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private volatile RackConfiguration? _current;
    private string? _etag;

    /// <summary>Called with each configuration, the one on disk included.</summary>
    public Action<RackConfiguration>? Changed { get; set; }

    /// <summary>The last one; null when the region never told any.</summary>
    public RackConfiguration? Current => _current;

    /// <summary>The trace of what made the region tell the last one; null when it names none.</summary>
    public string? Cause { get; private set; }

    /// <summary>Why the region cannot be followed at present; null when it can.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>Takes what is on disk.</summary>
    public void Load()
    {
        if (!File.Exists(folder.Configuration))
            return;
        try
        {
            Apply(JsonSerializer.Deserialize(File.ReadAllBytes(folder.Configuration), RackWire.Default.RackConfiguration)!);
        }
        catch (JsonException e)
        {
            LogUnreadable(folder.Configuration, e.Message);
        }
    }

    /// <summary>Follows until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var pause = ShortestPause;
        while (!cancel.IsCancellationRequested)
        {
            if (await AskAsync(cancel) is not { } fault)
            {
                if (Fault is not null)
                    LogBack();
                Fault = null;
                pause = ShortestPause;
                continue;
            }

            if (Fault?.Code != fault.Code)
                LogAway(fault.Code, fault.Message);
            Fault = fault;
            await Task.Delay(pause * (0.5 + (Jitter() / 2)), time, cancel);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<Fault?> AskAsync(CancellationToken cancel)
    {
        // Without a tag the region answers at once.
        var (reply, fault) = await link.SendAsync(HttpMethod.Get, Path, null, _etag, Patience, cancel);
        switch (reply)
        {
            case null:
                return fault;
            case { Status: HttpStatusCode.NotModified }:
                return null;
            case { Status: HttpStatusCode.Unauthorized }:
                return new Fault(
                    "rack-key-refused",
                    $"The region does not know this rack any more. To enrol it again, delete {folder.Identity} and start it with a new token.");
            case { Status: not HttpStatusCode.OK }:
                return new Fault("region-failed", $"The region answered {(int)reply.Status} to a request for the rack's configuration.");
        }

        try
        {
            var configuration = JsonSerializer.Deserialize(reply.Body, RackWire.Default.RackConfiguration)!;
            RackFolder.Replace(folder.Configuration, reply.Body);
            _etag = reply.ETag;
            Cause = reply.Cause;
            Apply(configuration);
            return null;
        }
        catch (JsonException e)
        {
            return new Fault("region-answer-malformed", $"The region's configuration for this rack cannot be read: {e.Message} Update the rack.");
        }
    }

    private void Apply(RackConfiguration configuration)
    {
        _current = configuration;
        Changed?.Invoke(configuration);
    }

#pragma warning disable CA5394 // jitter needs no secrecy
    private static double Jitter() => Random.Shared.NextDouble();
#pragma warning restore CA5394

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Code}: {Text} Going on with what is known")]
    private partial void LogAway(string code, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "The region answers again")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} cannot be read and is left out: {Text}")]
    private partial void LogUnreadable(string file, string text);
}
