using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Sqlite;
using BootDepot.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace BootDepot.Catalog.Tests;

/// <summary>What is special about the SQLite file: made, opened, refused.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_file_is_made_with_the_schema_and_only_its_owner_can_read_it()
    {
        var options = CatalogOptions.Sqlite(_folder["new.db"]);
        using var database = new CatalogDatabase(options);

        await database.EnsureReadyAsync(TestContext.Current.CancellationToken);

        await using var context = database.CreateDbContext();
        (await context.Resources.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        foreach (var file in Directory.GetFiles(_folder.Path, "new.db").Concat(Directory.GetFiles(_folder.Path, "new.db-*")))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task The_schema_as_written_down_is_what_the_migrations_come_to()
    {
        var options = CatalogOptions.Sqlite(_folder["migrated.db"]);
        using var database = new CatalogDatabase(options);
        await using var context = database.CreateDbContext();
        await context.Database.MigrateAsync(TestContext.Current.CancellationToken);
        await context.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var migrated = SqliteBaseline.Describe((SqliteConnection)context.Database.GetDbConnection());

        migrated.ShouldBe(SqliteBaseline.Script(), "eng/migrate writes src/BootDepot.Catalog/Sqlite/Schema.sql.");
    }

    [Fact]
    public async Task A_file_that_began_with_the_first_version_is_brought_to_the_present_one()
    {
        var options = CatalogOptions.Sqlite(_folder["first.db"]);
        using var database = new CatalogDatabase(options);
        await using (var context = database.CreateDbContext())
            await context.GetService<IMigrator>().MigrateAsync(SqliteSchema.Known[0], TestContext.Current.CancellationToken);

        (await database.ProbeAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        await database.EnsureReadyAsync(TestContext.Current.CancellationToken);

        await using var after = database.CreateDbContext();
        await after.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        SqliteBaseline.Describe((SqliteConnection)after.Database.GetDbConnection()).ShouldBe(SqliteBaseline.Script());
    }

    [Fact]
    public async Task A_ready_file_is_ready_again_at_the_next_start_and_keeps_its_rows()
    {
        var options = CatalogOptions.Sqlite(_folder["again.db"]);
        using (var first = new CatalogDatabase(options))
        {
            await first.EnsureReadyAsync(TestContext.Current.CancellationToken);
            await first.ChangeAsync(
                (c, _) =>
                {
                    c.Users.Add(new Users.User { Username = "admin" });
                    return Task.CompletedTask;
                },
                TestContext.Current.CancellationToken);
        }

        using var second = new CatalogDatabase(options);
        await second.EnsureReadyAsync(TestContext.Current.CancellationToken);
        await using var context = second.CreateDbContext();
        (await context.Users.SingleAsync(TestContext.Current.CancellationToken)).Username.ShouldBe("admin");
    }

    [Fact]
    public async Task Many_processes_that_start_on_no_file_at_once_all_become_ready()
    {
        var options = CatalogOptions.Sqlite(_folder["race.db"]);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            using var database = new CatalogDatabase(options);
            await database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        })));
    }

    [Fact]
    public async Task A_migration_lock_left_by_a_killed_process_keeps_nobody_out()
    {
        var options = CatalogOptions.Sqlite(_folder["stale.db"]);
        await ExecuteAsync(options, """
            CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
            """);

        using var database = new CatalogDatabase(options);
        await database.EnsureReadyAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_not_touched()
    {
        var options = CatalogOptions.Sqlite(_folder["newer.db"]);
        using (var database = new CatalogDatabase(options))
            await database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(options, """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_FromTheFuture', '99.0.0')""");
        SqliteConnection.ClearAllPools();
        var before = await File.ReadAllBytesAsync(options.SqliteFile!, TestContext.Current.CancellationToken);

        using var old = new CatalogDatabase(options);
        var refusal = await Should.ThrowAsync<CatalogException>(() => old.EnsureReadyAsync(TestContext.Current.CancellationToken));

        refusal.Fault.Code.ShouldBe("catalog-newer");
        refusal.Message.ShouldContain("29990101000000_FromTheFuture");
        old.Dispose();
        (await File.ReadAllBytesAsync(options.SqliteFile!, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_not_touched()
    {
        var file = _folder["text.db"];
        var text = string.Concat(Enumerable.Repeat("this is not a database\n", 1000));
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

        using var database = new CatalogDatabase(CatalogOptions.Sqlite(file));
        var refusal = await Should.ThrowAsync<CatalogException>(() => database.EnsureReadyAsync(TestContext.Current.CancellationToken));

        refusal.Fault.Code.ShouldBe("catalog-damaged");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(text);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        using var database = new CatalogDatabase(CatalogOptions.Sqlite(_folder["missing/bootdepot.db"]));
        var refusal = await Should.ThrowAsync<CatalogException>(() => database.EnsureReadyAsync(TestContext.Current.CancellationToken));
        refusal.Fault.Code.ShouldBe("catalog-unreachable");
        refusal.Message.ShouldContain("missing");
    }

    [Fact]
    public async Task Connections_write_ahead_sync_each_commit_and_check_references()
    {
        var options = CatalogOptions.Sqlite(_folder["pragmas.db"]);
        using var database = new CatalogDatabase(options);
        await database.EnsureReadyAsync(TestContext.Current.CancellationToken);

        (await PragmaAsync(database, "journal_mode")).ShouldBe("wal");
        (await PragmaAsync(database, "synchronous")).ShouldBe("2");
        (await PragmaAsync(database, "foreign_keys")).ShouldBe("1");
        (await PragmaAsync(database, "busy_timeout")).ShouldBe("30000");
    }

    [Fact]
    public async Task A_database_that_someone_keeps_locked_is_reported_as_busy()
    {
        var options = CatalogOptions.Sqlite(_folder["busy.db"]);
        using (var database = new CatalogDatabase(options))
            await database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        await using var other = new SqliteConnection(SqliteEngine.ConnectionString(options));
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var kept = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);

        using var impatient = new CatalogDatabase(options with { BusyTimeout = TimeSpan.FromMilliseconds(100) });
        var refusal = await Should.ThrowAsync<CatalogException>(
            () => impatient.ChangeAsync((_, _) => Task.CompletedTask, TestContext.Current.CancellationToken));
        refusal.Fault.Code.ShouldBe("catalog-busy");
    }

    [Fact]
    public void Migrations_and_the_compiled_model_are_those_of_the_entities()
    {
        var options = CatalogOptions.Sqlite(_folder["model.db"]);
        using var fresh = new CatalogContext(SqliteEngine.OptionsFor(options, model: null));

        // A context makes the compiled model ready to be described, if no other test has had one yet.
        using var compiled = new CatalogContext(SqliteEngine.OptionsFor(options, SqliteEngine.Model));

        fresh.Database.HasPendingModelChanges().ShouldBeFalse("run eng/migrate NAME");
        Describe(compiled.Model).ShouldBe(Describe(fresh.Model), "run eng/migrate");
    }

    private static string Describe(IModel model) =>
        model.ToDebugString(MetadataDebugStringOptions.LongDefault);

    private static async Task<string?> PragmaAsync(CatalogDatabase database, string name)
    {
        await using var context = database.CreateDbContext();
        await context.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA " + name;
        return Convert.ToString(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(CatalogOptions options, string sql)
    {
        await using var connection = new SqliteConnection(SqliteEngine.ConnectionString(options));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
