using System;
using System.Threading.Tasks;
using BootDepot.Blobs.S3;
using BootDepot.Catalog;
using BootDepot.Region.Hosting;
using BootDepot.Testing;

namespace BootDepot.Region.Tests;

/// <summary>
/// Which database and which blob store the regions of a test run use: SQLite and files, or PostgreSQL and S3 when
/// <c>BOOTDEPOT_TEST_BACKENDS</c> is <c>postgres+s3</c> (so <c>./test</c> runs the API's tests twice).
/// </summary>
public sealed class Backends : IAsyncDisposable
{
    private static readonly Once<S3Server> Bucket = new(MakeBucketAsync);
    private readonly Func<Task> _remove;

    private Backends(CatalogOptions? catalog, BlobStorage blobs, Func<Task> remove)
    {
        Catalog = catalog;
        Blobs = blobs;
        _remove = remove;
    }

    /// <summary>Whether this run is the one on PostgreSQL and S3.</summary>
    public static bool AreShared => Environment.GetEnvironmentVariable("BOOTDEPOT_TEST_BACKENDS") == "postgres+s3";

    /// <summary>The catalogue; null for SQLite in the data directory.</summary>
    public CatalogOptions? Catalog { get; }

    /// <summary>The blob store.</summary>
    public BlobStorage Blobs { get; }

    /// <summary>New, empty ones of this run's kind.</summary>
    public static Task<Backends> CreateAsync() => AreShared ? CreateSharedAsync() : Task.FromResult(new Backends(null, new BlobStorage.InFiles(), () => Task.CompletedTask));

    /// <summary>New, empty ones that several regions can share.</summary>
    public static async Task<Backends> CreateSharedAsync()
    {
        var (catalog, remove) = await CatalogFixture.CreatePostgresAsync();
        var server = await Bucket.GetAsync();
        var options = new S3Options
        {
            Endpoint = server.Endpoint, Bucket = "region", Prefix = $"t-{Guid.NewGuid():N}/", AccessKey = server.AccessKey, SecretKey = server.SecretKey,
        };
        return new Backends(catalog, new BlobStorage.InS3(options), remove);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _remove();

    private static async Task<S3Server> MakeBucketAsync()
    {
        var server = await S3Server.GatewayAsync();
        await server.MakeBucketAsync("region");
        return server;
    }
}
