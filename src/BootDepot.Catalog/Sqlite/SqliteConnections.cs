using System;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BootDepot.Catalog.Sqlite;

/// <summary>Sets up each connection to the SQLite library once; the driver's pool hands them out again and again.</summary>
internal sealed class SqliteConnections(TimeSpan busyTimeout) : DbConnectionInterceptor
{
    private readonly ConditionalWeakTable<object, object> _prepared = [];

    /// <inheritdoc />
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        Prepare((SqliteConnection)connection);

    /// <inheritdoc />
    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        Prepare((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    /// <summary>Sets what SQLite keeps per connection.</summary>
    public void Prepare(SqliteConnection connection)
    {
        if (!_prepared.TryAdd(connection.Handle!, this))
            return;
        using var command = connection.CreateCommand();
        // synchronous=FULL: in WAL mode NORMAL does not sync at a commit, so that a power cut could take back what
        // clients, racks and the blob collector were already told. A commit costs one fsync; reads cost none.
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL;");
        command.ExecuteNonQuery();
    }
}
