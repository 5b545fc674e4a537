using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Sqlite;
using BootDepot.Images;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace BootDepot.Catalog;

/// <summary>
/// The database that holds the catalogue. A context by <see cref="CreateDbContext"/> is enough for one query;
/// several that must agree go into <see cref="SnapshotAsync"/>, a change into <see cref="ChangeAsync{T}"/>.
/// </summary>
public sealed class CatalogDatabase : IDbContextFactory<CatalogContext>, IDisposable
{
    private readonly CatalogOptions _options;
    private readonly PooledDbContextFactory<CatalogContext> _contexts;
    private readonly SemaphoreSlim _writers = new(1);
    private readonly SqliteChangeMark _mark;

    /// <summary>Opens nothing yet; see <see cref="EnsureReadyAsync"/>.</summary>
    public CatalogDatabase(CatalogOptions options)
    {
        _options = options;
        _mark = new SqliteChangeMark(options);
        _contexts = new PooledDbContextFactory<CatalogContext>(
            SqliteEngine.ContextOptions(options, SqliteEngine.Model),
            options.PoolSize);
    }

    /// <summary>Creates the database, or brings its schema up to date, when that is needed. Safe to call from several processes.</summary>
    /// <exception cref="CatalogException">
    /// <c>catalog-newer</c>, <c>catalog-damaged</c> or <c>catalog-unreachable</c>; nothing was changed then.
    /// </exception>
    public Task EnsureReadyAsync(CancellationToken cancellationToken) =>
        SqliteSchema.EnsureAsync(this, _options, cancellationToken);

    /// <inheritdoc />
    public CatalogContext CreateDbContext() => _contexts.CreateDbContext();

    /// <inheritdoc />
    public Task<CatalogContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
        _contexts.CreateDbContextAsync(cancellationToken);

    /// <summary>
    /// Makes one change that others see whole or not at all: begins a write transaction, runs <paramref name="change"/>,
    /// saves what its context tracks, and commits. Reads inside see the latest state, and nobody else writes meanwhile, so
    /// check-then-act is safe. Keep it short: no network, no files.
    /// </summary>
    /// <exception cref="CatalogException"><c>catalog-busy</c>: another process kept the database for too long.</exception>
    /// <exception cref="DbUpdateException">A rule of the schema was broken; see <see cref="IsDuplicate"/>.</exception>
    public async Task<T> ChangeAsync<T>(
        Func<CatalogContext, CancellationToken, Task<T>> change,
        CancellationToken cancellationToken)
    {
        // Writers of this process queue here in order and without a thread; those of others wait inside SQLite.
        await _writers.WaitAsync(cancellationToken);
        try
        {
            await using var context = await CreateDbContextAsync(cancellationToken);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var result = await change(context, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        catch (Exception e) when (SqliteEngine.IsBusy(e))
        {
            throw new CatalogException(
                new Fault("catalog-busy", $"Another process kept the catalogue {_options.SqliteFile} locked for more than {_options.BusyTimeout.TotalSeconds:0} s; nothing was changed. Try again; if it stays so, look for a stopped process that has the file open."),
                e);
        }
        finally
        {
            _writers.Release();
        }
    }

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
        await using var transaction = await SqliteEngine.BeginSnapshotAsync(context, cancellationToken);
        await context.Database.UseTransactionAsync(transaction, cancellationToken);
        var result = await read(context, cancellationToken);
        await context.Database.UseTransactionAsync(null, cancellationToken);
        return result;
    }

    /// <summary>
    /// A number that is another one after anybody's commit, in this process or another: what is kept of a read is still true
    /// while the mark that was taken before the read is the present one. Much cheaper than a query.
    /// </summary>
    public Task<long> ChangeMarkAsync(CancellationToken cancellationToken) => _mark.ReadAsync(cancellationToken);

    /// <summary>Whether a change failed because a row with that key or unique value exists.</summary>
    public static bool IsDuplicate(DbUpdateException exception) => SqliteEngine.IsDuplicate(exception);

    /// <summary>Closes the connections kept for reuse. Contexts in use must be gone.</summary>
    public void Dispose()
    {
        using (var connection = new SqliteConnection(SqliteEngine.ConnectionString(_options)))
            SqliteConnection.ClearPool(connection);
        _writers.Dispose();
        _mark.Dispose();
    }
}
