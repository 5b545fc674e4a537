using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BootDepot.Blobs.Postgres;

/// <summary>Queries of the blob store, with errors put into our words.</summary>
internal sealed class PostgresBlobs : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _appends;
    private readonly SemaphoreSlim _making = new(1);
    private bool _isReady;

    public PostgresBlobs(string connectionString, TimeProvider time)
    {
        // A read keeps its connection to its end, so there are more than the catalogue has.
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "bootdepot-blobs" };
        if (!builder.ShouldSerialize("Maximum Pool Size"))
            builder.MaxPoolSize = 64;
        _source = NpgsqlDataSource.Create(builder);
        _appends = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(builder.ToString()) { Options = (builder.Options + " -c synchronous_commit=off").Trim() });
        Time = time;
    }

    public TimeProvider Time { get; }

    /// <summary>A connection to a database that has the tables.</summary>
    public Task<NpgsqlConnection> OpenAsync(CancellationToken cancel) =>
        CallAsync(async () =>
        {
            await EnsureAsync(cancel);
            return await _source.OpenConnectionAsync(cancel);
        });

    /// <summary>
    /// A connection whose commits are not waited for. The one that makes a blob is, and syncs all that was logged before it: a server that
    /// loses power loses some last rows of a partial at most, all of them from its end.
    /// </summary>
    public Task<NpgsqlConnection> OpenToAppendAsync(CancellationToken cancel) =>
        CallAsync(async () =>
        {
            await EnsureAsync(cancel);
            return await _appends.OpenConnectionAsync(cancel);
        });

    public Task<object?> ScalarOrNullAsync(string sql, CancellationToken cancel, params object[] parameters) =>
        CallAsync(async () =>
        {
            await EnsureAsync(cancel);
            await using var command = CommandOf(_source.CreateCommand(sql), parameters);
            return await command.ExecuteScalarAsync(cancel);
        });

    /// <summary>
    /// Runs two commands in one transaction; the second sees what was committed while the first waited. The first takes the first parameter.
    /// </summary>
    public Task ExecuteTogetherAsync(string first, string second, CancellationToken cancel, params object[] parameters) =>
        CallAsync(async () =>
        {
            await EnsureAsync(cancel);
            await using var connection = await _source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using (var command = CommandOf(new NpgsqlCommand(first, connection, transaction), parameters[..1]))
                await command.ExecuteNonQueryAsync(cancel);
            await using (var command = CommandOf(new NpgsqlCommand(second, connection, transaction), parameters))
                await command.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
            return true;
        });

    public Task ExecuteAsync(string sql, CancellationToken cancel, params object[] parameters) => ScalarOrNullAsync(sql, cancel, parameters);

    public async IAsyncEnumerable<object[]> ReadAsync(
        string sql, [EnumeratorCancellation] CancellationToken cancel, params object[] parameters)
    {
        await using var connection = await OpenAsync(cancel);
        await using var command = CommandOf(new NpgsqlCommand(sql, connection), parameters);
        await using var reader = await CallAsync(() => command.ExecuteReaderAsync(cancel));
        while (await CallAsync(() => reader.ReadAsync(cancel)))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            yield return row;
        }
    }

    /// <summary>Makes a call, and says in our words when the server is away or has no room.</summary>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory)
        {
            throw new BlobSpaceException($"The PostgreSQL server that keeps the blobs has no room: {e.MessageText}", e);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw new BlobsUnreachableException($"The PostgreSQL server that keeps the blobs does not serve: {e.Message}", e);
        }
    }

    public static NpgsqlCommand CommandOf(NpgsqlCommand command, object[] parameters)
    {
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _appends.DisposeAsync();
        _making.Dispose();
    }

    private async Task EnsureAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _isReady))
            return;
        await _making.WaitAsync(cancel);
        try
        {
            if (!_isReady)
                await PostgresBlobSchema.EnsureAsync(_source, cancel);
            Volatile.Write(ref _isReady, true);
        }
        finally
        {
            _making.Release();
        }
    }
}
