using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;

namespace BootDepot.Testing;

/// <summary>The databases that a catalogue can be in.</summary>
public enum CatalogKind
{
    /// <summary>A SQLite file.</summary>
    Sqlite,

    /// <summary>A database of the shared <see cref="PostgresServer"/>.</summary>
    Postgres,
}

/// <summary>An empty catalogue, ready for use, in a file or database of its own that goes away with it.</summary>
public sealed class CatalogFixture : IAsyncDisposable
{
    // Migrating costs some hundred milliseconds: done once per process, then copied.
    private static readonly Once<byte[]> EmptyFile = new(MakeFileAsync);
    private static readonly Once<string> EmptyDatabase = new(MakeDatabaseAsync);

    private readonly Func<Task> _remove;

    private CatalogFixture(CatalogOptions options, Func<Task> remove)
    {
        _remove = remove;
        Options = options;
        Database = new CatalogDatabase(options);
    }

    /// <summary>The catalogue.</summary>
    public CatalogDatabase Database { get; }

    /// <summary>What opens it, for a second process or a restart.</summary>
    public CatalogOptions Options { get; }

    /// <summary>Makes one.</summary>
    public static async Task<CatalogFixture> CreateAsync(CatalogKind kind = CatalogKind.Sqlite)
    {
        if (kind == CatalogKind.Postgres)
        {
            var (options, remove) = await CreatePostgresAsync();
            return new CatalogFixture(options, remove);
        }

        var folder = new TempFolder();
        var file = CatalogOptions.Sqlite(folder["bootdepot.db"]);
        await File.WriteAllBytesAsync(file.SqliteFile!, await EmptyFile.GetAsync());
        return new CatalogFixture(file, () =>
        {
            folder.Dispose();
            return Task.CompletedTask;
        });
    }

    /// <summary>A ready, empty PostgreSQL catalogue for others to open, and what removes it.</summary>
    public static async Task<(CatalogOptions Options, Func<Task> Remove)> CreatePostgresAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var name = await server.CreateDatabaseAsync(await EmptyDatabase.GetAsync());
        return (CatalogOptions.Postgres(server.ConnectionTo(name)), () => server.DropDatabaseAsync(name));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Database.Dispose();
        await _remove();
    }

    private static async Task<byte[]> MakeFileAsync()
    {
        using var folder = new TempFolder();
        var options = CatalogOptions.Sqlite(folder["empty.db"]);
        using (var database = new CatalogDatabase(options))
            await database.EnsureReadyAsync(CancellationToken.None);
        // Closing the last connection has put the write-ahead log into the file.
        return await File.ReadAllBytesAsync(options.SqliteFile!);
    }

    private static async Task<string> MakeDatabaseAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var name = await server.CreateDatabaseAsync();
        // Not pooled: nobody may be connected to a template.
        using (var database = new CatalogDatabase(CatalogOptions.Postgres(server.ConnectionTo(name) + ";Pooling=false")))
            await database.EnsureReadyAsync(CancellationToken.None);
        return name;
    }
}
