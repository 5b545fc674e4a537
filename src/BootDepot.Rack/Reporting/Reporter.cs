using System;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Racks;
using BootDepot.Rack.Enrolment;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Reporting;

/// <summary>Tells the region what the rack holds: on every change, at most once a second, and now and then without one.</summary>
internal sealed partial class Reporter(RegionLink link, TimeProvider time, ILogger<Reporter> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly Wakeup _wakeup = new(time);
    private volatile byte[]? _latest;
    private bool _wasRefused;

    /// <summary>Puts another report in place of the one before.</summary>
    public void Update(RackReport report)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(report, RackWire.Default.RackReport);
        if (_latest is { } latest && latest.AsSpan().SequenceEqual(bytes))
            return;
        _latest = bytes;
        _wakeup.Signal();
    }

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var pause = Pace;
        byte[]? sent = null;
        while (!cancel.IsCancellationRequested)
        {
            var latest = _latest;
            if (latest is null || ReferenceEquals(latest, sent))
            {
                await _wakeup.WaitAsync(Heartbeat, cancel);
                sent = ReferenceEquals(_latest, sent) ? null : sent; // a heartbeat sends the same once more
                if (_latest is null)
                    continue;
                latest = _latest;
            }

            var isTaken = await SendAsync(latest, cancel);
            sent = isTaken ? latest : sent;
            pause = isTaken ? Pace : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            await Task.Delay(pause, time, cancel);
        }
    }

    private async Task<bool> SendAsync(byte[] report, CancellationToken cancel)
    {
        var (reply, fault) = await link.SendAsync(HttpMethod.Post, "rack/report/", report, null, Patience, cancel);
        if (reply is { Status: HttpStatusCode.NoContent })
        {
            _wasRefused = false;
            return true;
        }

        if (!_wasRefused)
            LogRefused(fault?.Message ?? $"it answered {(int)reply!.Status}.");
        _wasRefused = true;
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The region did not take the rack's report: {Reason}")]
    private partial void LogRefused(string reason);
}
