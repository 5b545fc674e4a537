using System;
using System.Data;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BootDepot.Blobs.Postgres;

/// <summary>
/// Reads the chunks of a blob by one query, which sees them to the end even when the blob is deleted meanwhile. The server sends as
/// fast as it is read, so that what is in memory is less than a chunk.
/// </summary>
internal sealed class PostgresBlobStream(PostgresBlobs database, long content, long length, long position) : Stream
{
    // The chunk in which the position is, and all after it.
    private const string Sql = """
        SELECT start, bytes FROM blobs.chunk
        WHERE content = $1 AND start >= coalesce((SELECT max(start) FROM blobs.chunk WHERE content = $1 AND start <= $2), 0) ORDER BY start
        """;

    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;
    private NpgsqlDataReader? _reader;
    private Stream? _chunk;
    private long _position = position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == _position)
                return;
            EndQuery();
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        if (_reader is null)
            await BeginAsync(cancellationToken);
        while (true)
        {
            if (_chunk is null && !await NextAsync(cancellationToken))
                throw new EndOfStreamException($"A blob ended at {_position} of {length} bytes; its rows were removed.");
            var count = await PostgresBlobs.CallAsync(() => _chunk!.ReadAsync(buffer, cancellationToken).AsTask());
            _position += count;
            if (count > 0)
                return count;
            await _chunk!.DisposeAsync();
            _chunk = null;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        EndQuery();
        base.Dispose(disposing);
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        _connection = await database.OpenAsync(cancel);
        _command = PostgresBlobs.CommandOf(new NpgsqlCommand(Sql, _connection), [content, _position]);
        _reader = await PostgresBlobs.CallAsync(() => _command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancel));
    }

    private async Task<bool> NextAsync(CancellationToken cancel)
    {
        if (!await PostgresBlobs.CallAsync(() => _reader!.ReadAsync(cancel)))
            return false;
        var start = _reader!.GetInt64(0);
        _chunk = await PostgresBlobs.CallAsync(() => _reader.GetStreamAsync(1, cancel));
        for (var skip = _position - start; skip > 0;)
        {
            var ignored = new byte[(int)Math.Min(skip, 1 << 16)];
            skip -= await PostgresBlobs.CallAsync(() => _chunk.ReadAsync(ignored, cancel).AsTask());
        }

        return true;
    }

    // A reader that is closed in the middle would read the rest to throw it away: cancel the query instead.
    private void EndQuery()
    {
        if (_position < length)
            _command?.Cancel();
        try
        {
            _chunk?.Dispose();
            _reader?.Dispose();
        }
        catch (NpgsqlException)
        {
            // "canceling statement due to user request", or the connection is gone.
        }

        _command?.Dispose();
        _connection?.Dispose();
        (_chunk, _reader, _command, _connection) = (null, null, null, null);
    }
}
