using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Engines;
using BootDepot.Catalog.Postgres;
using BootDepot.Catalog.Sqlite;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace BootDepot.Catalog;

/// <summary>
/// The database that holds the catalogue. A context by <see cref="CreateDbContext"/> is enough for one query;
/// several that must agree go into <see cref="SnapshotAsync"/>, a change into <see cref="ChangeAsync{T}"/>.
/// </summary>
public sealed class CatalogDatabase : IDisposable
{
    private readonly PooledDbContextFactory<CatalogContext> _contexts;
    private readonly SemaphoreSlim _writers = new(1);
    private readonly ICatalogEngine _engine;
    private long _commits;
    private long _notes;

    /// <summary>Opens nothing yet; see <see cref="EnsureReadyAsync"/>.</summary>
    public CatalogDatabase(CatalogOptions options)
    {
        _engine = options.SqliteFile is null ? new PostgresEngine(options) : new SqliteEngine(options);
        _contexts = new PooledDbContextFactory<CatalogContext>(_engine.ContextOptions, options.PoolSize);
    }

    /// <summary>Creates the schema, or brings it up to date, when that is needed. Safe to call from several processes.</summary>
    /// <exception cref="CatalogException">
    /// <c>catalog-newer</c>, <c>catalog-damaged</c> or <c>catalog-unreachable</c>; nothing was changed then.
    /// </exception>
    public Task EnsureReadyAsync(CancellationToken cancellationToken) => _engine.EnsureReadyAsync(this, cancellationToken);

    /// <summary>Whether the database answers with the present schema; false: it answers, and has to be made or migrated. Changes nothing.</summary>
    /// <exception cref="CatalogException">It does not answer, or is of a newer version.</exception>
    public Task<bool> ProbeAsync(CancellationToken cancellationToken) => _engine.ProbeAsync(cancellationToken);

    /// <summary>A context of its own; dispose it soon.</summary>
    public CatalogContext CreateDbContext() => _contexts.CreateDbContext();

    /// <inheritdoc cref="CreateDbContext"/>
    public Task<CatalogContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
        _contexts.CreateDbContextAsync(cancellationToken);

    /// <summary>
    /// Makes one change that others see whole or not at all: begins a write transaction, runs <paramref name="change"/>,
    /// saves what its context tracks, and commits. Reads inside see the latest state, and nobody else writes meanwhile, so
    /// check-then-act is safe. Keep it short: no network, no files.
    /// </summary>
    /// <exception cref="CatalogException">
    /// <c>catalog-busy</c>: another process kept the database for too long. <c>catalog-unreachable</c>: the server is away; a
    /// connection that was cut during the commit itself leaves open whether the change was made.
    /// </exception>
    /// <exception cref="DbUpdateException">A rule of the schema was broken; see <see cref="IsDuplicate"/>.</exception>
    public Task<T> ChangeAsync<T>(Func<CatalogContext, CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
        CommitAsync(change, isNote: false, cancellationToken);

    /// <summary>
    /// The same for a note that nobody who looks at the catalogue needs to see at once: that a rack or a session was heard of. It is counted
    /// apart in <see cref="Commits"/>.
    /// </summary>
    /// <inheritdoc cref="ChangeAsync{T}" path="/exception"/>
    public Task NoteAsync(Func<CatalogContext, CancellationToken, Task<int>> change, CancellationToken cancellationToken) =>
        CommitAsync(change, isNote: true, cancellationToken);

    /// <summary>Commits of this process since it began, and how many of them were only notes.</summary>
    public (long All, long Notes) Commits => (Interlocked.Read(ref _commits), Interlocked.Read(ref _notes));

    private async Task<T> CommitAsync<T>(
        Func<CatalogContext, CancellationToken, Task<T>> change,
        bool isNote,
        CancellationToken cancellationToken)
    {
        // Writers of this process queue here in order and without a thread; those of others wait inside the database.
        await _writers.WaitAsync(cancellationToken);
        try
        {
            await using var context = await CreateDbContextAsync(cancellationToken);
            await _engine.BeginChangeAsync(context, cancellationToken);
            await using var transaction = context.Database.CurrentTransaction!;
            var result = await change(context, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (isNote)
                Interlocked.Increment(ref _notes);
            Interlocked.Increment(ref _commits);
            return result;
        }
        catch (Exception e) when (e is not CatalogException && _engine.FaultOrNull(e) is { } fault)
        {
            throw new CatalogException(fault, e);
        }
        finally
        {
            _writers.Release();
        }
    }

    /// <summary>Sets what the database counts by itself behind rows that brought their own keys.</summary>
    internal Task AfterCopyAsync(CatalogContext context, CancellationToken cancellationToken) => _engine.AfterCopyAsync(context, cancellationToken);

    /// <summary>The same for a change without a result.</summary>
    /// <inheritdoc cref="ChangeAsync{T}" path="/exception"/>
    public Task ChangeAsync(Func<CatalogContext, CancellationToken, Task> change, CancellationToken cancellationToken) =>
        ChangeAsync(
            async (context, token) =>
            {
                await change(context, token);
                return true;
            },
            cancellationToken);

    /// <summary>Runs several queries that see the same moment. Nothing is tracked, no writer is held up.</summary>
    public async Task<T> SnapshotAsync<T>(
        Func<CatalogContext, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        await using var context = await CreateDbContextAsync(cancellationToken);
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        await using var transaction = await _engine.BeginSnapshotAsync(context, cancellationToken);
        var result = await read(context, cancellationToken);
        await context.Database.UseTransactionAsync(null, cancellationToken);
        return result;
    }

    /// <summary>
    /// A number that is another one after anybody's commit, in this process or another: what is kept of a read is still true
    /// while the mark that was taken before the read is the present one. Much cheaper than a query.
    /// </summary>
    public Task<long> ChangeMarkAsync(CancellationToken cancellationToken) => _engine.ReadMarkAsync(cancellationToken);

    /// <summary>
    /// Calls <paramref name="changed"/> soon after commits, also those of other processes, that may concern what clients see.
    /// It may be called without need. Ends when cancelled.
    /// </summary>
    public Task WatchAsync(Action changed, CancellationToken cancellationToken) => _engine.WatchAsync(changed, cancellationToken);

    /// <summary>Whether other regions may be at work on the same database: never on SQLite, which is one region's own.</summary>
    public bool IsShared => _engine is PostgresEngine;

    /// <summary>The time by the clock of the database, which several regions share; this machine's own on SQLite.</summary>
    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => _engine.NowAsync(cancellationToken);

    /// <summary>Why the database could not serve a query, when the exception says that it could not; else null.</summary>
    public Fault? FaultOrNull(Exception exception) => exception is CatalogException { Fault: var known } ? known : _engine.FaultOrNull(exception);

    /// <summary>Whether a change failed because a row with that key or unique value exists.</summary>
    public static bool IsDuplicate(DbUpdateException exception) =>
        SqliteEngine.IsDuplicate(exception) || PostgresEngine.IsDuplicate(exception);

    /// <summary>Closes the connections kept for reuse. Contexts in use must be gone.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        _writers.Dispose();
    }
}
