using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;
using BootDepot.Rack.Enrolment;
using BootDepot.Rack.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Reporting;

/// <summary>
/// Keeps boot records on disk until the region has them, so that a region that is away, or a rack that is killed, loses none.
/// The oldest go when there are too many.
/// </summary>
internal sealed partial class BootRecordOutbox(RackFolder folder, RegionLink link, TimeProvider time, ILogger<BootRecordOutbox> log)
{
    /// <summary>Records that are kept while the region is away.</summary>
    public const int Most = 10_000;

    private const int Batch = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly Wakeup _wakeup = new(time);
    private readonly ConcurrentDictionary<Guid, BootRecord> _taken = new();

    /// <summary>Takes a record, in place of the one with its id. Returns at once; it is on disk a moment later.</summary>
    public void Add(BootRecord record)
    {
        _taken[record.Id] = record;
        _wakeup.Signal();
    }

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(folder.BootRecords);
        foreach (var draft in Directory.EnumerateFiles(folder.BootRecords, "*.tmp"))
            File.Delete(draft);
        while (!cancel.IsCancellationRequested)
        {
            Keep();
            var isMore = await SendAsync(cancel);
            if (!isMore)
                await _wakeup.WaitAsync(Period, cancel);
        }
    }

    /// <summary>Writes what was taken and is not on disk yet.</summary>
    public void Flush() => Keep();

    /// <summary>Sends one batch; true when there may be more.</summary>
    private async Task<bool> SendAsync(CancellationToken cancel)
    {
        var files = new DirectoryInfo(folder.BootRecords).GetFiles("*.json").OrderBy(f => f.LastWriteTimeUtc).ToList();
        foreach (var old in files.Take(files.Count - Most))
            old.Delete();
        var batch = new List<(string File, BootRecord Record)>();
        foreach (var file in files.Skip(Math.Max(0, files.Count - Most)).Take(Batch))
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName, cancel);
            if (ReadOrNull(bytes) is { } record)
                batch.Add((file.FullName, record));
            else
                file.Delete();
        }

        if (batch.Count == 0)
            return false;
        IReadOnlyList<BootRecord> records = [.. batch.Select(b => b.Record)];
        var body = JsonSerializer.SerializeToUtf8Bytes(records, RackWire.Default.IReadOnlyListBootRecord);
        var (reply, fault) = await link.SendAsync(HttpMethod.Post, "rack/boot-records/", body, null, Patience, cancel);
        if (reply is not { Status: HttpStatusCode.NoContent })
        {
            LogKept(batch.Count, fault?.Message ?? $"the region answered {(int)reply!.Status}.");
            return false;
        }

        // A record that came again meanwhile is written by the next round, and sent again.
        foreach (var (file, _) in batch)
            File.Delete(file);

        return true;
    }

    private void Keep()
    {
        foreach (var id in _taken.Keys)
        {
            if (_taken.TryRemove(id, out var record))
                RackFolder.Replace(FileOf(id), JsonSerializer.SerializeToUtf8Bytes(record, RackWire.Default.BootRecord));
        }
    }

    private static BootRecord? ReadOrNull(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, RackWire.Default.BootRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string FileOf(Guid id) => Path.Combine(folder.BootRecords, $"{id:N}.json");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} boot records wait for the region: {Reason}")]
    private partial void LogKept(int count, string reason);
}
