using System;
using System.Data;
using System.Data.Common;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Engines;
using BootDepot.Images;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace BootDepot.Catalog.Sqlite;

/// <summary>All that is special about SQLite outside the model: options, read snapshots, its error numbers.</summary>
internal sealed class SqliteEngine : ICatalogEngine
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int UniqueViolation = 2067;
    private const int PrimaryKeyViolation = 1555;

    /// <summary>
    /// The model as <c>eng/migrate</c> wrote it down, which saves building it at each start; null (build it) while that
    /// script runs.
    /// </summary>
#if COMPILED_MODEL
    public static IModel? Model => CompiledModel.CatalogContextModel.Instance;
#else
    public static IModel? Model => null;
#endif

    private readonly CatalogOptions _options;
    private readonly SqliteChangeMark _mark;

    /// <summary>Opens nothing yet.</summary>
    public SqliteEngine(CatalogOptions options)
    {
        _options = options;
        _mark = new SqliteChangeMark(options);
        ContextOptions = OptionsFor(options, Model);
    }

    public DbContextOptions<CatalogContext> ContextOptions { get; }

    public Task EnsureReadyAsync(CatalogDatabase catalog, CancellationToken cancellationToken) =>
        SqliteSchema.EnsureAsync(catalog, _options, cancellationToken);

    public Task<bool> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(SqliteSchema.Probe(_options));

    public Task AfterCopyAsync(CatalogContext context, CancellationToken cancellationToken) => Task.CompletedTask; // AUTOINCREMENT goes by the greatest

    public Task BeginChangeAsync(CatalogContext context, CancellationToken cancellationToken) =>
        context.Database.BeginTransactionAsync(cancellationToken);

    public async Task<DbTransaction> BeginSnapshotAsync(CatalogContext context, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: true);
        await context.Database.UseTransactionAsync(transaction, cancellationToken);
        return transaction;
    }

    public Task<long> ReadMarkAsync(CancellationToken cancellationToken) => _mark.ReadAsync(cancellationToken);

    public async Task WatchAsync(Action changed, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchInterval);
        for (var seen = await _mark.ReadAsync(cancellationToken); await timer.WaitForNextTickAsync(cancellationToken);)
        {
            var mark = await _mark.ReadAsync(cancellationToken);
            if (mark != seen)
                changed();
            seen = mark;
        }
    }

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        Task.FromResult(TimeProvider.System.GetUtcNow());

    public Fault? FaultOrNull(Exception exception) =>
        Find(exception) is { SqliteErrorCode: Busy or Locked }
            ? new Fault("catalog-busy", $"Another process kept the catalogue {_options.SqliteFile} locked for more than {_options.BusyTimeout.TotalSeconds:0} s; nothing was changed. Try again; if it stays so, look for a stopped process that has the file open.")
            : null;

    /// <summary>Closes the connections kept for reuse.</summary>
    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString(_options)))
            SqliteConnection.ClearPool(connection);
        _mark.Dispose();
    }

    /// <summary>How to connect. The driver begins write transactions with BEGIN IMMEDIATE, so none fails half-way for want of the lock.</summary>
    public static string ConnectionString(CatalogOptions options) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = options.SqliteFile,
            ForeignKeys = true,
            Pooling = true,
            DefaultTimeout = (int)Math.Max(1, Math.Ceiling(options.BusyTimeout.TotalSeconds)),
        }.ToString();

    /// <summary>Options of a context.</summary>
    /// <param name="options">Which file.</param>
    /// <param name="model">The compiled model; null to build it, which the tools and the tests of the compiled one do.</param>
    public static DbContextOptions<CatalogContext> OptionsFor(CatalogOptions options, IModel? model)
    {
        var builder = new DbContextOptionsBuilder<CatalogContext>()
            .UseSqlite(ConnectionString(options))
            .ReplaceService<IMigrationsAssembly, SqliteMigrations>()
            .AddInterceptors(new SqliteConnections(options.BusyTimeout));
        return (model is null ? builder : builder.UseModel(model)).Options;
    }

    /// <summary>Whether a unique index or primary key refused a row.</summary>
    public static bool IsDuplicate(Exception exception) =>
        Find(exception) is { SqliteExtendedErrorCode: UniqueViolation or PrimaryKeyViolation };

    /// <summary>Makes an empty file that only its owner can read: it will hold password and key hashes.</summary>
    public static void CreateFileIfMissing(string file)
    {
        if (File.Exists(file))
            return;
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(file, how).Dispose();
    }

    private static SqliteException? Find(Exception? exception)
    {
        while (exception is not (null or SqliteException))
            exception = exception.InnerException;
        return exception as SqliteException;
    }
}
