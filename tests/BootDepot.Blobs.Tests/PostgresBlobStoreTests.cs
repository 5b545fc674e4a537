using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using BootDepot.Blobs.Postgres;
using BootDepot.Testing;

namespace BootDepot.Blobs.Tests;

/// <summary>The contract on PostgreSQL.</summary>
public sealed class PostgresBlobStoreTests : BlobStoreContract
{
    private readonly List<PostgresBlobStore> _opened = [];
    private PostgresServer _server = null!;
    private string _database = "";

    private protected override long HugeSize => 128L << 20;

    private protected override string Backend => "postgres";

    private protected override string Place => _server.ConnectionTo(_database);

    public override async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            foreach (var store in _opened)
                await store.DisposeAsync();
            await _server.DropDatabaseAsync(_database);
        }
    }

    private protected override Task<IBlobStore> OpenAsync()
    {
        var store = new PostgresBlobStore(Place, TimeProvider.System);
        _opened.Add(store);
        return Task.FromResult<IBlobStore>(store);
    }

    private protected override async Task<IReadOnlyList<string>> LeftOversAsync()
    {
        await using var connection = new Npgsql.NpgsqlConnection(Place + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT count(*) FROM blobs.chunk) + (SELECT count(*) FROM blobs.partial) + (SELECT count(*) FROM blobs.complete)";
        var rows = (long)(await command.ExecuteScalarAsync(Cancel))!;
        return rows == 0 ? [] : [$"{rows} rows"];
    }

    private protected override Task FlipBitAsync(PartialName name, long offset) =>
        _server.ExecuteAsync(
            _database,
            $"UPDATE blobs.chunk c SET bytes = set_bit(bytes, {offset * 8}, 1 - get_bit(bytes, {offset * 8})) FROM blobs.partial p WHERE p.content = c.content AND p.name = '{name}' AND c.start = 0");

    private protected override async Task ShortenAsync(PartialName name, long length)
    {
        await _server.ExecuteAsync(_database, $"DELETE FROM blobs.chunk c USING blobs.partial p WHERE p.content = c.content AND p.name = '{name}' AND c.start >= {length}");
        await _server.ExecuteAsync(_database, $"UPDATE blobs.chunk c SET bytes = substring(bytes FROM 1 FOR {length}) FROM blobs.partial p WHERE p.content = c.content AND p.name = '{name}'");
    }
}
