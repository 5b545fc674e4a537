using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Data;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BootDepot.Blobs.Locks;

/// <summary>
/// Locks by PostgreSQL's session advisory locks
/// (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), all on one connection of this process: between
/// all regions that share the database. Needs a direct connection or a session pooler, as a transaction pooler shares sessions.
/// </summary>
public sealed class PostgresLocks(string connectionString) : IPartialLocks
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<PartialName, Held> _held = [];
    private NpgsqlConnection? _connection;

    /// <inheritdoc />
    public bool IsShared => true;

    /// <inheritdoc />
    public async Task<IAsyncDisposable?> TakeOrNullAsync(PartialName name, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_held.ContainsKey(name) || !await AskAsync("SELECT pg_try_advisory_lock($1)", name, cancel))
                return null;
            var held = new Held(this, name);
            _held.Add(name, held);
            return held;
        }
        catch (NpgsqlException e)
        {
            throw new BlobsUnreachableException($"The database that keeps the locks of unfinished transfers does not answer: {e.Message}", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _gate.Dispose();
    }

    private async ValueTask ReleaseAsync(Held held)
    {
        await _gate.WaitAsync();
        try
        {
            if (_held.Remove(held.Name) && _connection is { State: ConnectionState.Open })
                await AskAsync("SELECT pg_advisory_unlock($1)", held.Name, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the lock with it.
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<bool> AskAsync(string sql, PartialName name, CancellationToken cancel)
    {
        try
        {
            return await AskOnceAsync(sql, name, cancel);
        }
        catch (NpgsqlException) when (_connection is not { State: ConnectionState.Open })
        {
            // Cut, by a restart of the server for one; what was held is lost with it, and taken again below.
            return await AskOnceAsync(sql, name, cancel);
        }
    }

    private async Task<bool> AskOnceAsync(string sql, PartialName name, CancellationToken cancel)
    {
        if (_connection is not { State: ConnectionState.Open })
        {
            if (_connection is not null)
                await _connection.DisposeAsync();
            _connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 30 }.ToString());
            await _connection.OpenAsync(cancel);
            foreach (var held in _held.Keys)
                await ExecuteAsync("SELECT pg_try_advisory_lock($1)", held, cancel);
        }

        return await ExecuteAsync(sql, name, cancel);
    }

    private async Task<bool> ExecuteAsync(string sql, PartialName name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, _connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = KeyOf(name) } } };
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static long KeyOf(PartialName name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("bootdepot-partial " + name)));

    private sealed class Held(PostgresLocks locks, PartialName name) : IAsyncDisposable
    {
        public PartialName Name => name;

        public ValueTask DisposeAsync() => locks.ReleaseAsync(this);
    }
}
