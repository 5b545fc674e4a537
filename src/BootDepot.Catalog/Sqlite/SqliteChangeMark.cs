using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;

namespace BootDepot.Catalog.Sqlite;

/// <summary>
/// Tells whether anyone, in this process or another, has committed since: <c>PRAGMA data_version</c> of a connection that
/// itself never writes (https://www.sqlite.org/pragma.html#pragma_data_version). Costs some microseconds.
/// </summary>
internal sealed class SqliteChangeMark(CatalogOptions options) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private SqliteConnection? _connection;
    private SqliteCommand? _command;

    /// <summary>A number that is another one after every commit. Means something within this process only.</summary>
    public async Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_command is null)
            {
                // Not from the pool: a connection that comes back to it may be used for writing.
                var text = new SqliteConnectionStringBuilder(SqliteEngine.ConnectionString(options)) { Pooling = false }.ToString();
                _connection = new SqliteConnection(text);
                await _connection.OpenAsync(cancellationToken);
                _command = _connection.CreateCommand();
                _command.CommandText = "PRAGMA data_version";
            }

            return (long)(await _command.ExecuteScalarAsync(cancellationToken))!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _command?.Dispose();
        _connection?.Dispose();
        _one.Dispose();
    }
}
