using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Region.Observing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Peers;

/// <summary>Copies in the background what other regions stored, soon after they did; so that any region can be lost.</summary>
internal sealed partial class PeerReplication(
    CatalogDatabase catalog, OwnStore own, PeerFetcher peers, ChangeSignal changes, TimeProvider time, ILogger<PeerReplication> log)
    : BackgroundService
{
    // Changes come in swarms, and each look reads the names of all blobs.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A region that was away when something changed is asked again.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly HashSet<Digest> _held = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var seen = changes.Version;
            try
            {
                await CopyAsync(stoppingToken);
            }
            catch (Exception e) when (catalog.WillPass(e))
            {
                LogFailed(e);
            }

            await Task.Delay(Pause, time, stoppingToken);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(changes.WaitForChangeAsync(seen, wait.Token), Task.Delay(Look, time, wait.Token));
            await wait.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task CopyAsync(CancellationToken cancel)
    {
        var wanted = new Dictionary<Digest, long>();
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            await foreach (var file in db.Files.Where(f => f.StoredAt != null).Select(f => new { f.Sha256, f.Size }).AsAsyncEnumerable().WithCancellation(cancel))
                wanted.TryAdd(Digest.Parse(file.Sha256), file.Size);
        }

        // What was deleted may be stored again one day, and is looked for then.
        _held.IntersectWith(wanted.Keys);
        var missing = new List<KeyValuePair<Digest, long>>();
        foreach (var blob in wanted.Where(b => !_held.Contains(b.Key)))
        {
            if (await own.Blobs.SizeOrNullAsync(blob.Key, cancel) is null)
                missing.Add(blob);
            else
                _held.Add(blob.Key);
        }

        if (missing.Count == 0)
            return;
        var faults = await Task.WhenAll(missing.Select(b => peers.FetchAsync(b.Key, b.Value, cancel)));
        LogCopied(faults.Count(f => f is null), missing.Count);
        if (faults.FirstOrDefault(f => f is not null) is { } first)
            LogMissing(faults.Count(f => f is not null), first.Code, first.Message);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Copied {Copied} of {Wanted} blobs that other regions stored")]
    private partial void LogCopied(int copied, int wanted);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} blobs could not be copied from other regions, and are tried again; the first ({Code}): {Reason}")]
    private partial void LogMissing(int count, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Copying from other regions failed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
