using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Hashing;
using BootDepot.Images;
using Npgsql;

namespace BootDepot.Blobs.Postgres;

/// <summary>
/// Writes one partial, a row for each piece, each in a transaction of its own. With every row goes the state of the hash at the end of
/// the last whole block before it, so that whoever goes on reads a few rows at most.
/// </summary>
internal sealed class PostgresBlobWriter(PostgresBlobs database, PartialName name, long? size, IAsyncDisposable held) : IBlobWriter
{
    private readonly ResumableSha256 _hash = new();
    private long? _content;
    private bool _isOver;

    public long Offset { get; private set; }

    public async Task PrepareAsync(CancellationToken cancel)
    {
        await foreach (var row in database.ReadAsync("SELECT content FROM blobs.partial WHERE name = $1", cancel, name.ToString()))
            _content = (long)row[0];
        await RehashAsync(cancel);
        if (Offset > size)
            await RestartAsync(cancel);
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        cancel.ThrowIfCancellationRequested();
        if (Offset + bytes.Length > size)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes.Length, $"Only {size - Offset} of {size} bytes are left.");
        while (!bytes.IsEmpty)
        {
            var chunk = bytes[..Math.Min(bytes.Length, BlobPieces.Size)];
            await InsertAsync(chunk, cancel);
            _hash.Append(chunk.Span);
            Offset += chunk.Length;
            bytes = bytes[chunk.Length..];
        }
    }

    public Task FlushAsync(CancellationToken cancel) => Task.CompletedTask; // the server has every append

    public Task RestartAsync(CancellationToken cancel) => TruncateAsync(0, cancel);

    public async Task TruncateAsync(long offset, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Offset);
        if (offset == Offset || _content is not { } content)
            return;
        await database.ExecuteAsync(
            """
            WITH gone AS (DELETE FROM blobs.chunk WHERE content = $1 AND start >= $2)
            UPDATE blobs.chunk SET bytes = substring(bytes FROM 1 FOR ($2 - start)::int)
            WHERE content = $1 AND start < $2 AND start + length(bytes) > $2
            """,
            cancel, content, offset);
        await RehashAsync(cancel);
    }

    public Task<Digest> HashAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        return Task.FromResult(_hash.Current());
    }

    public async Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        var actual = _hash.Current();
        var total = Offset;
        if (total != (size ?? total) || actual != (expected ?? actual))
        {
            await RestartAsync(cancel);
            return new BlobCommit.Mismatch(actual, total);
        }

        var storedAt = database.Time.GetUtcNow();
        var content = await ContentAsync(cancel);
        // Two who commit the same blob wait for each other; the later one's rows replace the other's.
        await database.ExecuteTogetherAsync(
            "SELECT pg_advisory_xact_lock(('x' || substring(encode($1, 'hex') FROM 1 FOR 16))::bit(64)::bigint)",
            """
            WITH old AS (SELECT content FROM blobs.complete WHERE digest = $1),
                 gone AS (DELETE FROM blobs.chunk WHERE content IN (SELECT content FROM old)),
                 named AS (DELETE FROM blobs.partial WHERE name = $5)
            INSERT INTO blobs.complete (digest, content, size, stored_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (digest) DO UPDATE SET content = excluded.content, stored_at = excluded.stored_at
            """,
            cancel, actual.ToHash(), content, total, storedAt.UtcDateTime, name.ToString());
        _isOver = true;
        await held.DisposeAsync();
        return new BlobCommit.Stored(new BlobInfo(actual, total, storedAt));
    }

    public ValueTask DisposeAsync()
    {
        if (_isOver)
            return default;
        _isOver = true;
        return held.DisposeAsync();
    }

    private async Task<long> ContentAsync(CancellationToken cancel) =>
        _content ??= (long)(await database.ScalarOrNullAsync(
            "INSERT INTO blobs.partial (name, content, written_at) VALUES ($1, nextval('blobs.contents'), $2) RETURNING content",
            cancel, name.ToString(), database.Time.GetUtcNow().UtcDateTime))!;

    private async Task InsertAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancel)
    {
        var content = await ContentAsync(cancel);
        var state = _hash.Length % ResumableSha256.BlockSize == 0 ? _hash.Save() : [];
        await using var connection = await database.OpenToAppendAsync(cancel);
        await PostgresBlobs.CallAsync(async () =>
        {
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("INSERT INTO blobs.chunk (content, start, hash, bytes) VALUES ($1, $2, $3, $4)")
                    {
                        Parameters =
                        {
                            new NpgsqlParameter<long> { TypedValue = content },
                            new NpgsqlParameter<long> { TypedValue = Offset },
                            new NpgsqlParameter<byte[]> { TypedValue = state },
                            new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = chunk },
                        },
                    },
                    new NpgsqlBatchCommand("UPDATE blobs.partial SET written_at = $2 WHERE name = $1")
                    {
                        Parameters =
                        {
                            new NpgsqlParameter<string> { TypedValue = name.ToString() },
                            new NpgsqlParameter<DateTime> { TypedValue = database.Time.GetUtcNow().UtcDateTime },
                        },
                    },
                },
            };
            return await batch.ExecuteNonQueryAsync(cancel);
        });
    }

    /// <summary>Finds out how much is there, and hashes from the last kept state.</summary>
    private async Task RehashAsync(CancellationToken cancel)
    {
        _hash.Reset();
        Offset = 0;
        if (_content is not { } content)
            return;
        const string Last = "SELECT start, hash FROM blobs.chunk WHERE content = $1 AND length(hash) > 0 ORDER BY start DESC LIMIT 1";
        var from = 0L;
        await foreach (var row in database.ReadAsync(Last, cancel, content))
        {
            if (_hash.TryLoad((byte[])row[1]))
                from = (long)row[0];
        }

        const string Rest = "SELECT bytes FROM blobs.chunk WHERE content = $1 AND start >= $2 ORDER BY start";
        await foreach (var row in database.ReadAsync(Rest, cancel, content, from))
            _hash.Append((byte[])row[0]);
        Offset = _hash.Length;
    }
}
