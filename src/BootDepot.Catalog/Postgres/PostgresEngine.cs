using System;
using System.Data;
using System.Data.Common;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Engines;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BootDepot.Catalog.Postgres;

/// <summary>All that is special about PostgreSQL outside the model: one writer at a time, snapshots, its error codes.</summary>
internal sealed class PostgresEngine : ICatalogEngine
{
    private readonly NpgsqlDataSource _source;
    private readonly string _beginChange;
    private readonly string _place;
    private readonly TimeSpan _patience;

    public PostgresEngine(CatalogOptions options)
    {
        var connection = PostgresConnections.Parse(options.PostgresConnection!);
        _place = PostgresConnections.Describe(connection);
        _patience = options.BusyTimeout;
        _source = new NpgsqlDataSourceBuilder(connection.ToString()).Build();
        ContextOptions = new DbContextOptionsBuilder<CatalogContext>()
            .UseNpgsql(_source, npgsql => npgsql.ExecutionStrategy(d => new PostgresRetries(d)))
            .ReplaceService<IMigrationsAssembly, PostgresMigrations>()
            .Options;
        // The row is locked until the transaction ends, so changes queue, as they do on SQLite; and readers see a new number
        // together with the change.
        _beginChange = string.Create(
            CultureInfo.InvariantCulture,
            $"""SET LOCAL lock_timeout = {(long)_patience.TotalMilliseconds}; UPDATE "{PostgresSchema.MarkTable}" SET "Mark" = "Mark" + 1""");
    }

    public DbContextOptions<CatalogContext> ContextOptions { get; }

    public Task EnsureReadyAsync(CatalogDatabase catalog, CancellationToken cancellationToken) =>
        PostgresSchema.EnsureAsync(catalog, _source, _place, cancellationToken);

    public Task<bool> ProbeAsync(CancellationToken cancellationToken) => PostgresSchema.ProbeAsync(_source, _place, cancellationToken);

    public async Task AfterCopyAsync(CatalogContext context, CancellationToken cancellationToken)
    {
        foreach (var entity in context.Model.GetEntityTypes())
        {
            if (entity.FindPrimaryKey()!.Properties is not [{ ValueGenerated: ValueGenerated.OnAdd } key] || key.ClrType == typeof(string))
                continue;
            var (table, column) = (entity.GetTableName(), key.GetColumnName());
            // Names of our own model, not of a stranger.
            var advance = $"""SELECT setval(pg_get_serial_sequence('"{table}"', '{column}'), max("{column}")) FROM "{table}" HAVING max("{column}") IS NOT NULL""";
            await context.Database.ExecuteSqlRawAsync(advance, cancellationToken);
        }
    }

    public async Task BeginChangeAsync(CatalogContext context, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                await context.Database.ExecuteSqlRawAsync(_beginChange, cancellationToken);
                return;
            }
            catch (Exception e) when (IsUnreachable(e) && TimeProvider.System.GetElapsedTime(began) < PostgresRetries.Patience)
            {
                // Nothing was done yet; a connection from before a restart of the server shows here first.
                if (context.Database.CurrentTransaction is { } cut)
                    await cut.DisposeAsync();
                await context.Database.CloseConnectionAsync();
                await Task.Delay(PostgresRetries.Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    public async Task<DbTransaction> BeginSnapshotAsync(CatalogContext context, CancellationToken cancellationToken)
    {
        var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return transaction.GetDbTransaction();
    }

    public async Task<long> ReadMarkAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand($"""SELECT "Mark" FROM "{PostgresSchema.MarkTable}" """);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public Task WatchAsync(Action changed, CancellationToken cancellationToken) =>
        PostgresChanges.ListenAsync(_source, changed, cancellationToken);

    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT clock_timestamp()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    public Fault? FaultOrNull(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
                return new Fault("catalog-busy", $"Another process kept the catalogue ({_place}) locked for more than {_patience.TotalSeconds:0} s; nothing was changed. Try again; if it stays so, look for a stuck session in pg_stat_activity.");
        }

        return IsUnreachable(exception)
            ? new Fault("catalog-unreachable", $"The catalogue ({_place}) does not answer: {Innermost(exception)} Check that the server runs and that this machine may connect to it.")
            : null;
    }

    /// <summary>Whether a unique index or primary key refused a row.</summary>
    public static bool IsDuplicate(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
                return true;
        }

        return false;
    }

    /// <summary>Whether the server is away, going away or coming up, or the connection to it was cut.</summary>
    public static bool IsUnreachable(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            // https://www.postgresql.org/docs/current/errcodes-appendix.html: class 08, 57P01-57P03, 53300
            if (e is PostgresException known)
                return known.SqlState.StartsWith("08", StringComparison.Ordinal) || known.SqlState is "57P01" or "57P02" or "57P03" or "53300";
            if (e is SocketException or EndOfStreamException || (e is NpgsqlException && e.InnerException is IOException or TimeoutException))
                return true;
        }

        return false;
    }

    public void Dispose() => _source.Dispose();

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message.TrimEnd('.') + '.';
    }
}
