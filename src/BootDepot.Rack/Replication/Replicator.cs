using System;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Products;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Reporting;
using BootDepot.Rack.Tree;
using BootDepot.Transfers.Payloads;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Replication;

/// <summary>
/// Makes the rack hold what it is to hold. One loop: look at the stream when it may have changed, plan, give the plan to the
/// queue, show what is whole, delete what nobody wants, report. Everything that happens only wakes it; so it can be killed
/// anywhere, and begins again from what is on disk.
/// </summary>
internal sealed partial class Replicator : IAsyncDisposable
{
    private const int ParallelFiles = 4;
    private static readonly TimeSpan ShowPace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BusyPace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CleanPace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(20);

    private readonly RackParts _parts;
    private readonly RackOptions _options;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly FetchQueue _queue;
    private readonly OnDemandFiles _onDemand;
    private readonly UseOrder _use;
    private readonly Retirement _retirement;
    private readonly ImageStates _states;
    private readonly Wakeup _wakeup;
    private readonly SemaphoreSlim _room = new(1, 1);

    private Offers? _offers;
    private ReplicationPlan _plan = new([], []);
    private ImmutableArray<OfferedImage> _former = [];
    private RackConfiguration? _configuration;
    private Fault? _fault;
    private long _importsSeen;
    private bool _ignoresWindows;
    private DateTimeOffset _lookAt = DateTimeOffset.MinValue;
    private DateTimeOffset _showAt = DateTimeOffset.MinValue;
    private DateTimeOffset _cleanAt = DateTimeOffset.MinValue;
    private DateTimeOffset? _retryAt;
    private Activity? _span; // from the reading of another stream until all of it is held

    public Replicator(RackParts parts, RackOptions options, ILogger<Replicator> log)
    {
        (_parts, _options, _log, _time) = (parts, options, log, options.Time);
        _wakeup = new Wakeup(_time);
        _queue = new FetchQueue(parts.Pool, ParallelFiles, Ended);
        _onDemand = new OnDemandFiles(parts.Store, parts.Pool, parts.Progress, Ended);
        _use = new UseOrder(parts.Store, _time);
        _retirement = new Retirement(parts.Store, parts.Held, options.Grace, _time);
        _states = new ImageStates(parts.Held, parts.Progress);
    }

    private RackPolicy Policy => _configuration?.Policy ?? new RackPolicy();

    private bool IsOnDemand => Policy.Mode == RackMode.OnDemand;

    /// <summary>Serves at once what an earlier run left, whether or not the region answers.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        _parts.Tree.Prepare();
        await _parts.Held.LoadAsync(cancel);
        _offers = _parts.Stream.LoadOrNull();
        _former = [.. (_parts.Stream.LoadServedOrNull() ?? Offers.None).Images];
        _onDemand.Use(FindOnDemandOrNull, MakeRoomAsync);
        _parts.Content.Use(_onDemand.OpenOrNullAsync, _use.Touch);
        _parts.Follower.Changed = configuration =>
        {
            _configuration = configuration;
            _wakeup.Signal();
        };
        _parts.Follower.Load();
        _importsSeen = _configuration?.ImportRequests ?? 0;
        ApplyConfiguration();
        if (_offers is not null)
            await PlanAndShowAsync(cancel);
    }

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _fault = new Fault("rack-disk-failed", $"The rack cannot work with its disk: {e.Message}");
                LogDisk(e.Message);
                await Task.Delay(RetryAfter, _time, cancel);
            }

            Report();
            await _wakeup.WaitAsync(NextLook(), cancel);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _queue.CloseAsync();
        await _onDemand.DisposeAsync();
        _span?.Dispose();
        _room.Dispose();
    }

    private async Task StepAsync(CancellationToken cancel)
    {
        ApplyConfiguration();
        await LookAsync(cancel);
        Activity.Current = _span; // what this step begins is part of it
        if (_offers is null)
            return;
        if (_retryAt <= _time.GetUtcNow())
        {
            _parts.Progress.ForgetFaults();
            _retryAt = null;
        }

        await _parts.Sources.LookAsync(cancel);
        await PlanAndShowAsync(cancel);
        Fetch();
        await CleanAsync(cancel);
    }

    private void ApplyConfiguration()
    {
        _parts.Sources.Peers = [.. _options.Peers.Concat(Policy.Peers).Where(p => p != _options.Advertise).Distinct()];
        if (_configuration is not { } configuration)
            return;
        _parts.Assignments.Replace([.. configuration.Assignments]);
        if (configuration.ImportRequests == _importsSeen)
            return;
        _importsSeen = configuration.ImportRequests;
        _ignoresWindows = true;
        _lookAt = DateTimeOffset.MinValue;
        _retryAt = _retryAt is null ? null : DateTimeOffset.MinValue;
    }

    /// <summary>Reads the stream when the region says that it changed, and now and then.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        if (_configuration is not { } configuration || (configuration.Stream == _offers?.Mark && now < _lookAt))
            return;
        if (_fault is not null && now < _lookAt)
            return;
        BeginSpan();
        foreach (var region in _parts.Link.Order)
        {
            var (offers, fault) = await _parts.Stream.ReadAsync(region, configuration.Stream, cancel);
            if (fault is not null && fault.Code != _fault?.Code)
                LogStream(fault.Code, fault.Message);
            _fault = fault;
            if (offers is null)
                continue;
            _offers = offers;
            break;
        }

        _lookAt = now + (_fault is null ? _options.Period : TimeSpan.FromSeconds(5));
    }

    /// <summary>Not while files are deleted to make room: what is found whole must still be there when it is linked.</summary>
    private async Task PlanAndShowAsync(CancellationToken cancel)
    {
        await _room.WaitAsync(cancel);
        try
        {
            PlanAndShow();
        }
        finally
        {
            _room.Release();
        }
    }

    private void PlanAndShow()
    {
        var now = _time.GetUtcNow();
        _plan = ReplicationPlan.Of(_offers!, Policy, _configuration?.Assignments ?? [], _parts.Held.Has, _former);
        var whole = _plan.Servable.Where(i => i.Files.All(f => _parts.Held.Has(f.Digest))).ToImmutableArray();
        var isDone = _plan.Wanted.All(i => i.Files.All(f => _parts.Held.Has(f.Digest)));
        if (now < _showAt && !isDone)
            return;
        if (_parts.Tree.Show(TreePlan.Of(whole, _options.Layout)))
        {
            LogShown(whole.Length);
            _showAt = now + ShowPace;
        }

        _parts.Images.Replace(_plan.Servable);
        _former = whole;
        if (isDone)
            _parts.Stream.MarkServed();
        if (isDone && _fault is null)
            EndSpan(_plan.Wanted.Length);
    }

    /// <summary>What the rack does now belongs to the trace of what made the region call it, if the region names one.</summary>
    private void BeginSpan()
    {
        if (!RackTraces.Source.HasListeners())
            return;
        _span?.Dispose();
        _ = ActivityContext.TryParse(_parts.Follower.Cause, null, isRemote: true, out var cause);
        _span = RackTraces.Source.StartActivity("sync", ActivityKind.Consumer, cause);
        _span?.SetTag("bootdepot.stream", _configuration?.Stream);
    }

    private void EndSpan(int images)
    {
        _span?.SetTag("bootdepot.images", images);
        _span?.Dispose();
        _span = null;
    }

    private void Fetch()
    {
        if (_plan.Wanted.IsEmpty || !IsWindowOpen())
        {
            _queue.Replace([]);
            return;
        }

        var wanted = _plan.Wanted
            .SelectMany(image => image.Files.Select(file => (image, file)))
            .Where(w => !_parts.Held.Has(w.file.Digest) && !_parts.Progress.HasFailed(w.file.Digest))
            .Select(w => _parts.Sources.RequestFor(w.file, w.image.Key.ToString()))
            .ToList();
        if (wanted.Count == 0)
            _ignoresWindows = false;
        _queue.Replace(wanted);
    }

    private async Task CleanAsync(CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        if (now < _cleanAt)
            return;
        _cleanAt = now + CleanPace;
        await _room.WaitAsync(cancel);
        try
        {
            _parts.Tree.Clean(_options.Grace);
        }
        finally
        {
            _room.Release();
        }

        if (_options.SharedStore is not null)
            return;
        var wanted = _plan.Wanted.Concat(_plan.Servable).SelectMany(i => i.Files).Select(f => f.Digest).ToHashSet();
        await _retirement.LookAsync(wanted, cancel);
        if (IsOnDemand)
            await MakeRoomAsync(0, cancel);
    }

    private void Ended(BlobRequest request, BlobOutcome outcome)
    {
        if (outcome is BlobOutcome.Stored stored)
        {
            _use.Touch(request.Digest); // before it counts as held: what has just come is not what goes first
            _parts.Held.Add(request.Digest, stored.Blob.Size);
        }
        else if (outcome is BlobOutcome.Failed failed)
            LogFailed(request.Group, failed.Fault.Code, failed.Fault.Message);
        _parts.Progress.End(request.Digest, outcome);
        if (outcome is BlobOutcome.Failed)
            _retryAt ??= _time.GetUtcNow() + RetryAfter;
        _wakeup.Signal();
    }

    private BlobRequest? FindOnDemandOrNull(Digest digest)
    {
        if (!IsOnDemand)
            return null;
        foreach (var image in _plan.Servable)
        {
            foreach (var file in image.Files)
            {
                if (file.Digest == digest)
                    return _parts.Sources.RequestFor(file, image.Key.ToString());
            }
        }

        return null;
    }

    /// <summary>On demand: deletes the longest unused files until so many bytes fit below the limit.</summary>
    private async Task MakeRoomAsync(long bytes, CancellationToken cancel)
    {
        if (Policy.DiskLimit is not { } limit || _options.SharedStore is not null)
            return;
        await _room.WaitAsync(cancel);
        try
        {
            var isDeleted = false;
            foreach (var digest in _use.LongestUnusedFirst(_parts.Held.All).ToList())
            {
                if (_parts.Held.Bytes + bytes <= limit)
                    break;
                await _parts.Held.DeleteAsync(digest, cancel);
                isDeleted = true;
            }

            if (!isDeleted)
                return;
            // Names in the tree keep the bytes on disk.
            var whole = _plan.Servable.Where(i => i.Files.All(f => _parts.Held.Has(f.Digest)));
            _parts.Tree.Show(TreePlan.Of(whole, _options.Layout));
            _parts.Tree.Clean(TimeSpan.Zero);
        }
        finally
        {
            _room.Release();
        }
    }

    private bool IsWindowOpen()
    {
        var windows = Policy.Windows;
        if (windows.Count == 0 || _ignoresWindows)
            return true;
        var local = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _time.LocalTimeZone).DateTime);
        return windows.Any(w => w.IsOpenAt(local));
    }

    private void Report() => _parts.Reporter.Update(new RackReport
    {
        Version = RackVersion.Text,
        Url = _options.Advertise?.AbsoluteUri,
        Stream = _offers?.Mark ?? "",
        Images = _states.Of(IsOnDemand ? _plan.Servable : _plan.Wanted, IsOnDemand, IsWindowOpen()),
        Fault = _fault,
        DiskFree = new DriveInfo(_parts.Folder.Root).AvailableFreeSpace / MegaByte * MegaByte,
        DiskUsed = _parts.Held.Bytes,
    });

    private TimeSpan NextLook()
    {
        var next = _queue.IsIdle ? CleanPace : BusyPace;
        var now = _time.GetUtcNow();
        foreach (var due in new[] { _lookAt, _retryAt ?? DateTimeOffset.MaxValue })
        {
            if (due > now && due - now < next)
                next = due - now;
        }

        return next;
    }

    // A report is sent when it differs; free space by the byte always does.
    private const long MegaByte = 1024 * 1024;

    [LoggerMessage(Level = LogLevel.Information, Message = "The tree shows {Count} images")]
    private partial void LogShown(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Image}: {Code}: {Reason}")]
    private partial void LogFailed(string image, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The region's stream cannot be used: {Code}: {Reason}")]
    private partial void LogStream(string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk failed: {Reason}")]
    private partial void LogDisk(string reason);
}
