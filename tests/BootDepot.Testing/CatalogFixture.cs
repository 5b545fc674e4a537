using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;

namespace BootDepot.Testing;

/// <summary>An empty catalogue, ready for use, in a SQLite file of its own that goes away with it.</summary>
public sealed class CatalogFixture : IAsyncDisposable
{
    // Migrating costs some hundred milliseconds: done once per process, then copied.
    private static readonly SemaphoreSlim OneMaker = new(1);
    private static byte[]? _empty;

    private readonly TempFolder _folder;

    private CatalogFixture(TempFolder folder, CatalogOptions options)
    {
        _folder = folder;
        Options = options;
        Database = new CatalogDatabase(options);
    }

    /// <summary>The catalogue.</summary>
    public CatalogDatabase Database { get; }

    /// <summary>What opens it, for a second process or a restart.</summary>
    public CatalogOptions Options { get; }

    /// <summary>Makes one.</summary>
    public static async Task<CatalogFixture> CreateAsync()
    {
        var folder = new TempFolder();
        var options = CatalogOptions.Sqlite(folder["bootdepot.db"]);
        await File.WriteAllBytesAsync(options.SqliteFile, await EmptyAsync());
        return new CatalogFixture(folder, options);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Database.Dispose();
        _folder.Dispose();
        return default;
    }

    private static async Task<byte[]> EmptyAsync()
    {
        await OneMaker.WaitAsync();
        try
        {
            return _empty ??= await MakeAsync();
        }
        finally
        {
            OneMaker.Release();
        }
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TempFolder();
        var options = CatalogOptions.Sqlite(folder["empty.db"]);
        using (var database = new CatalogDatabase(options))
            await database.EnsureReadyAsync(CancellationToken.None);
        // Closing the last connection has put the write-ahead log into the file.
        return await File.ReadAllBytesAsync(options.SqliteFile);
    }
}
