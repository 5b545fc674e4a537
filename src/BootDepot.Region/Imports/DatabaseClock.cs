using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;

namespace BootDepot.Region.Imports;

/// <summary>
/// The database's clock, for leases: regions whose own clocks differ must agree on when one lapses. The difference is measured now and
/// then; between two measurements this machine's clock counts on.
/// </summary>
internal sealed class DatabaseClock(CatalogDatabase catalog, TimeProvider time) : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public async Task MeasureAsync(CancellationToken cancel)
    {
        var before = time.GetUtcNow();
        var there = await catalog.NowAsync(cancel);
        var after = time.GetUtcNow();
        Interlocked.Exchange(ref _ahead, (there - (before + ((after - before) / 2))).Ticks);
    }
}
