using System;
using System.Data;
using System.Data.Common;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BootDepot.Catalog.Sqlite;

/// <summary>All that is special about SQLite outside the model: options, read snapshots, its error numbers.</summary>
internal static class SqliteEngine
{
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
    public static DbContextOptions<CatalogContext> ContextOptions(CatalogOptions options, IModel? model)
    {
        var builder = new DbContextOptionsBuilder<CatalogContext>()
            .UseSqlite(ConnectionString(options))
            .AddInterceptors(new SqliteConnections(options.BusyTimeout));
        return (model is null ? builder : builder.UseModel(model)).Options;
    }

    /// <summary>Begins a transaction that sees one moment and blocks no writer.</summary>
    public static async Task<DbTransaction> BeginSnapshotAsync(CatalogContext context, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        return connection.BeginTransaction(IsolationLevel.Serializable, deferred: true);
    }

    /// <summary>Whether another process held the database for longer than the options allow.</summary>
    public static bool IsBusy(Exception exception) =>
        Find(exception) is { SqliteErrorCode: Busy or Locked };

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
