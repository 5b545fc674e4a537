using System;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Engines;

/// <summary>All that is special about a database, outside the model.</summary>
internal interface ICatalogEngine : IDisposable
{
    /// <summary>Options of the contexts.</summary>
    DbContextOptions<CatalogContext> ContextOptions { get; }

    /// <summary>Brings the schema to what this program knows, or refuses.</summary>
    /// <exception cref="CatalogException">The database cannot be used; the fault says why.</exception>
    Task EnsureReadyAsync(CatalogDatabase catalog, CancellationToken cancellationToken);

    /// <summary>Whether the schema is the present one; changes nothing.</summary>
    Task<bool> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction in which nobody else writes until it ends.</summary>
    Task BeginChangeAsync(CatalogContext context, CancellationToken cancellationToken);

    /// <summary>Sets counters of keys behind the rows that were added with their own.</summary>
    Task AfterCopyAsync(CatalogContext context, CancellationToken cancellationToken);

    /// <summary>Begins a transaction that sees one moment and blocks no writer.</summary>
    Task<DbTransaction> BeginSnapshotAsync(CatalogContext context, CancellationToken cancellationToken);

    /// <summary>A number that is another one after every commit.</summary>
    Task<long> ReadMarkAsync(CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="changed"/> after commits of other processes, until cancelled.</summary>
    Task WatchAsync(Action changed, CancellationToken cancellationToken);

    /// <summary>The time by the clock that all who use the database share.</summary>
    Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken);

    /// <summary>Why the database could not serve, when the exception says that it could not; else null.</summary>
    Fault? FaultOrNull(Exception exception);
}
