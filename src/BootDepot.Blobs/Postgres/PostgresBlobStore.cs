using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Locks;
using BootDepot.Images;

namespace BootDepot.Blobs.Postgres;

/// <summary>
/// Blobs as rows of a PostgreSQL database (docs/storage.md), for sites that want one thing to back up. Streamed both ways: no more
/// than a chunk of each transfer is in memory.
/// </summary>
public sealed class PostgresBlobStore : IBlobStore, IAsyncDisposable
{
    private readonly PostgresBlobs _database;
    private readonly PostgresLocks _locks;

    /// <summary>Connects to nothing yet; the tables are made at the first use.</summary>
    public PostgresBlobStore(string connectionString, TimeProvider time)
    {
        _database = new PostgresBlobs(connectionString, time);
        _locks = new PostgresLocks(connectionString);
    }

    /// <inheritdoc />
    public bool IsShared => true;

    /// <inheritdoc />
    public async Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel) =>
        (await FindOrNullAsync(digest, cancel))?.Size;

    /// <inheritdoc />
    public async Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (await FindOrNullAsync(digest, cancel) is not var (content, size))
            return null;
        if (offset > size)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The blob has {size} bytes.");
        return new PostgresBlobStream(_database, content, size, offset);
    }

    /// <inheritdoc />
    public async Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel)
    {
        if (size is { } expected)
            ArgumentOutOfRangeException.ThrowIfNegative(expected, nameof(size));
        var held = await _locks.TakeOrNullAsync(name, cancel) ?? throw new PartialBusyException(name);
        var writer = new PostgresBlobWriter(_database, name, size, held);
        try
        {
            await writer.PrepareAsync(cancel);
            return writer;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task DiscardPartialAsync(PartialName name, CancellationToken cancel)
    {
        await using var held = await _locks.TakeOrNullAsync(name, cancel) ?? throw new PartialBusyException(name);
        await _database.ExecuteAsync(
            "WITH gone AS (DELETE FROM blobs.partial WHERE name = $1 RETURNING content) DELETE FROM blobs.chunk WHERE content IN (SELECT content FROM gone)",
            cancel,
            name.ToString());
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var row in _database.ReadAsync("SELECT digest, size, stored_at FROM blobs.complete ORDER BY digest", cancel))
            yield return new BlobInfo(Digest.FromHash((byte[])row[0]), (long)row[1], new DateTimeOffset((DateTime)row[2]));
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<PartialInfo> ListPartialsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        const string Sql = """
            SELECT p.name, coalesce((SELECT c.start + length(c.bytes) FROM blobs.chunk c WHERE c.content = p.content ORDER BY c.start DESC LIMIT 1), 0), p.written_at
            FROM blobs.partial p ORDER BY p.name
            """;
        await foreach (var row in _database.ReadAsync(Sql, cancel))
            yield return new PartialInfo(PartialName.Parse((string)row[0]), (long)row[1], new DateTimeOffset((DateTime)row[2]));
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(Digest digest, CancellationToken cancel)
    {
        // Who reads has asked for all rows in one query, which goes on to see them.
        const string Sql = """
            WITH gone AS (DELETE FROM blobs.complete WHERE digest = $1 RETURNING content),
                 chunks AS (DELETE FROM blobs.chunk WHERE content IN (SELECT content FROM gone))
            SELECT count(*) FROM gone
            """;
        return (long)(await _database.ScalarOrNullAsync(Sql, cancel, digest.ToHash()))! > 0;
    }

    /// <inheritdoc />
    public async Task<BlobSpace> MeasureAsync(CancellationToken cancel)
    {
        var used = await _database.ScalarOrNullAsync(
            "SELECT coalesce((SELECT sum(size) FROM blobs.complete), 0)::bigint + coalesce((SELECT sum(length(c.bytes)) FROM blobs.chunk c JOIN blobs.partial p USING (content)), 0)::bigint",
            cancel);
        return new BlobSpace(Free: null, (long)used!);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task<(long Content, long Size)?> FindOrNullAsync(Digest digest, CancellationToken cancel)
    {
        await foreach (var row in _database.ReadAsync("SELECT content, size FROM blobs.complete WHERE digest = $1", cancel, digest.ToHash()))
            return ((long)row[0], (long)row[1]);
        return null;
    }
}
