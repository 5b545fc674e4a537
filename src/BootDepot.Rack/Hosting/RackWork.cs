using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Images.Racks;
using BootDepot.Rack.Enrolment;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Replication;
using BootDepot.Rack.Reporting;
using BootDepot.Rack.Tree;
using BootDepot.Transfers;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Hosting;

/// <summary>What a rack does besides serving: follow its region, copy, report.</summary>
internal sealed class RackWork : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpSender _http;
    private readonly Replicator _replicator;
    private Task[] _running = [];

    private RackWork(RackEnrolment identity, RackParts parts, BootRecordOutbox outbox, Replicator replicator, HttpSender http) =>
        (Identity, Parts, Outbox, _replicator, _http) = (identity, parts, outbox, replicator, http);

    public RackEnrolment Identity { get; }

    public RackParts Parts { get; }

    public BootRecordOutbox Outbox { get; }

    /// <summary>Finds out who the rack is, enrolling it if need be, and takes up what an earlier run left.</summary>
    public static async Task<RackWork> PrepareAsync(RackFolder folder, RackOptions options, ILoggerFactory logs, CancellationToken cancel)
    {
        var http = new HttpSender(options.Outgoing, options.Time);
        try
        {
            var link = new RegionLink(http, options.Regions);
            var identity = await Enroller.IdentifyAsync(folder, options, link, RackVersion.Text, cancel);
            link.Key = identity.Key;
            var follower = new ConfigurationFollower(folder, link, options.Time, logs.CreateLogger<ConfigurationFollower>());
            var rate = new RateLimit(_ => ValueTask.FromResult(follower.Current?.Policy.BytesPerSecond), options.Time);
            var progress = new FileProgress();
            var settings = options.Transfers with { OnBytes = rate.PassAsync };
            var store = new FileBlobStore(options.SharedStore ?? folder.Store, options.Time);
            var fetcher = new SignedDocumentFetcher(new DocumentFetcher(http, settings), options.Time);
            var held = new HeldImages();
            var own = options.SharedStore is null ? null : new OwnFiles(held, options.Time);
            var parts = new RackParts(
                folder, store, new HeldFiles(store), progress, new TransferPool(http, store, settings, progress.Tell),
                new Sources(link, http, options.Time), new StreamCopy(folder, fetcher, new RegionKeys(folder, fetcher, identity), options.Time), link,
                follower, new ImageTree(folder, store, options.Time), held, new BootAssignments(), new RackContent(store, own),
                new Reporter(link, options.Time, logs.CreateLogger<Reporter>()));
            var replicator = new Replicator(parts, options, logs.CreateLogger<Replicator>());
            var outbox = new BootRecordOutbox(folder, link, options.Time, logs.CreateLogger<BootRecordOutbox>());
            await replicator.LoadAsync(cancel);
            return new RackWork(identity, parts, outbox, replicator, http);
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <summary>Begins.</summary>
    public void Start() => _running =
    [
        Task.Run(() => Parts.Follower.RunAsync(_stop.Token)),
        Task.Run(() => _replicator.RunAsync(_stop.Token)),
        Task.Run(() => Parts.Reporter.RunAsync(_stop.Token)),
        Task.Run(() => Outbox.RunAsync(_stop.Token)),
    ];

    /// <summary>Ends when some of it ended, which before <see cref="DisposeAsync"/> is by a failure that nothing in here expects.</summary>
    public Task WaitForFailureAsync() => Task.WhenAny(_running).Unwrap();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _replicator.DisposeAsync();
        Outbox.Flush();
        Parts.Pool.Dispose();
        _http.Dispose();
        _stop.Dispose();
    }
}
