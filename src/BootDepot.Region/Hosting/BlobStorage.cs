using System;
using System.Collections.Immutable;
using System.IO;
using BootDepot.Blobs;
using BootDepot.Blobs.Files;
using BootDepot.Blobs.Locks;
using BootDepot.Blobs.Postgres;
using BootDepot.Blobs.S3;
using BootDepot.Catalog;

namespace BootDepot.Region.Hosting;

/// <summary>Where a region keeps image bytes.</summary>
public abstract record BlobStorage
{
    private BlobStorage()
    {
    }

    /// <summary>In files of the data directory.</summary>
    public sealed record InFiles : BlobStorage
    {
        /// <summary>URLs of the other regions that share the catalogue and keep files of their own, from which this one copies what it lacks.</summary>
        public ImmutableArray<Uri> Peers { get; init; } = [];

        /// <inheritdoc />
        public override string ToString() => "files of the data directory";
    }

    /// <summary>In an S3 bucket.</summary>
    /// <param name="Bucket">Which.</param>
    public sealed record InS3(S3Options Bucket) : BlobStorage
    {
        /// <inheritdoc />
        public override string ToString() => Bucket.ToString();
    }

    /// <summary>In a PostgreSQL database.</summary>
    /// <param name="Database">Which; the catalogue's own as a rule.</param>
    public sealed record InPostgres(CatalogOptions Database) : BlobStorage
    {
        /// <inheritdoc />
        public override string ToString() => Database.Place;
    }

    /// <summary>Opens the store. Nothing is asked of a server yet.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="catalog">The catalogue, whose database keeps locks where the store has none.</param>
    /// <param name="time">The clock.</param>
    public IBlobStore Open(DataFolder data, CatalogOptions catalog, TimeProvider time) => this switch
    {
        InS3 s3 => new S3BlobStore(
            s3.Bucket, catalog.PostgresConnection is { } connection ? new PostgresLocks(connection) : new FileLocks(Path.Combine(data.Root, "locks"))),
        InPostgres postgres => new PostgresBlobStore(postgres.Database.PostgresConnection!, time),
        _ => new FileBlobStore(data.Blobs, time),
    };
}
