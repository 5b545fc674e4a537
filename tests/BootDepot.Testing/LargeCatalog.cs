using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BootDepot.Testing;

/// <summary>Fills a catalogue with made-up synced images, quickly.</summary>
public static class LargeCatalog
{
    /// <summary>
    /// Makes <paramref name="resources"/> resources <c>ubuntu/r00000</c>… for <c>amd64/generic</c>, each with one complete set of
    /// <paramref name="filesPerSet"/> files, as far as they are not there yet. No blob exists.
    /// </summary>
    public static Task FillAsync(
        CatalogOptions options,
        int resources,
        int filesPerSet,
        CancellationToken cancellationToken) =>
        options.SqliteFile is null
            ? FillPostgresAsync(options, resources, filesPerSet, cancellationToken)
            : FillSqliteAsync(options, resources, filesPerSet, cancellationToken);

    private static async Task FillSqliteAsync(
        CatalogOptions options,
        int resources,
        int filesPerSet,
        CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = options.SqliteFile, Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        // Only this connection: nobody minds if made-up rows are lost in a power cut.
        command.CommandText = "PRAGMA synchronous = OFF";
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        command.Transaction = (SqliteTransaction)transaction;
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $$"""
            CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {{Math.Max(resources, filesPerSet)}}) SELECT i FROM n;
            INSERT OR IGNORE INTO "Resources" ("Kind", "Name", "Architecture", "Rolling", "BaseImage", "Title", "Subarches", "Created", "Updated")
              SELECT 0, printf('ubuntu/r%05d', i), 'amd64/generic', 0, '', '24.04 LTS', 'generic,hwe-p,hwe-q,hwe-24.04', 0, 0 FROM n WHERE i < {{resources}};
            INSERT INTO "Sets" ("ResourceId", "Version", "Label", "Created", "CompletedAt", "Pinned", "ContentId", "ProductName", "ProductTags", "VersionTags")
              SELECT "Id", '20260309', 'stable', 0, 1, 0, 'com.ubuntu.maas:stable:v3:download', 'com.ubuntu.maas.stable:v3:boot:' || "Name", '{"os":"ubuntu","arch":"amd64"}', '{}'
              FROM "Resources" r WHERE NOT EXISTS (SELECT 1 FROM "Sets" s WHERE s."ResourceId" = r."Id");
            INSERT INTO "Files" ("SetId", "Filename", "FileType", "Sha256", "Size", "StoredAt", "ItemName", "ItemPath", "ItemTags")
              SELECT s."Id", 'file' || i, 'boot-kernel', printf('%064x', s."Id" * 1000 + i), 1000 + i, 1, 'file' || i, s."Version" || '/file' || i, '{}'
              FROM "Sets" s CROSS JOIN n WHERE i < {{filesPerSet}} AND NOT EXISTS (SELECT 1 FROM "Files" f WHERE f."SetId" = s."Id" AND f."Filename" = 'file' || i);
            DROP TABLE n;
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task FillPostgresAsync(
        CatalogOptions options,
        int resources,
        int filesPerSet,
        CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(options.PostgresConnection + ";Pooling=false;Command Timeout=300");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $$"""
            INSERT INTO "Resources" ("Kind", "Name", "Architecture", "Rolling", "BaseImage", "Title", "Subarches", "Created", "Updated")
              SELECT 0, 'ubuntu/r' || lpad(i::text, 5, '0'), 'amd64/generic', false, '', '24.04 LTS', 'generic,hwe-p,hwe-q,hwe-24.04', 'epoch', 'epoch'
              FROM generate_series(0, {{resources}} - 1) i ON CONFLICT DO NOTHING;
            INSERT INTO "Sets" ("ResourceId", "Version", "Label", "Created", "CompletedAt", "Pinned", "ContentId", "ProductName", "ProductTags", "VersionTags")
              SELECT "Id", '20260309', 'stable', 'epoch', 'epoch', false, 'com.ubuntu.maas:stable:v3:download', 'com.ubuntu.maas.stable:v3:boot:' || "Name", '{"os":"ubuntu","arch":"amd64"}', '{}'
              FROM "Resources" r WHERE NOT EXISTS (SELECT 1 FROM "Sets" s WHERE s."ResourceId" = r."Id");
            INSERT INTO "Files" ("SetId", "Filename", "FileType", "Sha256", "Size", "StoredAt", "ItemName", "ItemPath", "ItemTags")
              SELECT s."Id", 'file' || i, 'boot-kernel', lpad(to_hex(s."Id"::bigint * 1000 + i), 64, '0'), 1000 + i, 'epoch', 'file' || i, s."Version" || '/file' || i, '{}'
              FROM "Sets" s CROSS JOIN generate_series(0, {{filesPerSet}} - 1) i ON CONFLICT DO NOTHING;
            ANALYZE;
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
