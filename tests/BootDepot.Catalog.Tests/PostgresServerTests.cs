using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Postgres;
using BootDepot.Catalog.Users;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>What is special about a server: found, refused, restarted, listened to.</summary>
public sealed class PostgresServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_processes_that_start_on_an_empty_database_at_once_all_become_ready()
    {
        var server = await PostgresServer.SharedAsync();
        var name = await server.CreateDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var database = new CatalogDatabase(CatalogOptions.Postgres(server.ConnectionTo(name)));
            await database.EnsureReadyAsync(Token);
            await database.EnsureReadyAsync(Token);
        })));
        await server.DropDatabaseAsync(name);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var fixture = await CatalogFixture.CreateAsync(CatalogKind.Postgres);
        await using (var context = fixture.Database.CreateDbContext())
            await context.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_FromTheFuture', '99.0.0')""", Token);

        var refusal = await Should.ThrowAsync<CatalogException>(() => fixture.Database.EnsureReadyAsync(Token));

        refusal.Fault.Code.ShouldBe("catalog-newer");
        refusal.Message.ShouldContain("29990101000000_FromTheFuture");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_without_the_password()
    {
        using var database = new CatalogDatabase(CatalogOptions.Postgres("postgresql://me:hush@127.0.0.1:1/depot"));
        var refusal = await Should.ThrowAsync<CatalogException>(() => database.EnsureReadyAsync(Token));
        refusal.Fault.Code.ShouldBe("catalog-unreachable");
        refusal.Message.ShouldContain("database depot at 127.0.0.1:1");
        refusal.Message.ShouldNotContain("hush");
    }

    [Theory]
    [InlineData("nonsense", "no PostgreSQL connection string")]
    [InlineData("mysql://host/db", "must begin with postgresql://")]
    [InlineData("Database=x", "names no host")]
    [InlineData("postgresql://host/", "names no database")]
    [InlineData("Host=h;Database=d;Colour=red", "no PostgreSQL connection string")]
    public void A_connection_string_that_cannot_be_used_is_refused_with_the_reason(string text, string reason) =>
        Should.Throw<FormatException>(() => CatalogOptions.Postgres(text)).Message.ShouldContain(reason);

    [Fact]
    public void A_URL_says_the_same_as_the_drivers_form()
    {
        var options = CatalogOptions.Postgres("postgresql://bo%40t:p%3Aw@db.example:6432/depot?sslmode=verify-full");
        options.PostgresConnection.ShouldBe(
            "Host=db.example;Database=depot;Port=6432;Username=bo@t;Password=p:w;SSL Mode=VerifyFull;Maximum Pool Size=32;Application Name=bootdepot");
        options.ToString().ShouldBe("PostgreSQL database depot at db.example:6432");
    }

    [Fact]
    public async Task A_lock_that_someone_keeps_is_reported_as_busy()
    {
        await using var fixture = await CatalogFixture.CreateAsync(CatalogKind.Postgres);
        using var impatient = new CatalogDatabase(fixture.Options with { BusyTimeout = TimeSpan.FromMilliseconds(100) });
        await fixture.Database.ChangeAsync(
            async (_, token) =>
            {
                var refusal = await Should.ThrowAsync<CatalogException>(() => impatient.ChangeAsync((_, _) => Task.CompletedTask, token));
                refusal.Fault.Code.ShouldBe("catalog-busy");
            },
            Token);
    }

    [Fact]
    public async Task Reads_and_changes_outlast_a_restart_of_the_server_and_a_long_stop_is_told()
    {
        var server = await PostgresServer.StartAsync();
        try
        {
            using var catalog = new CatalogDatabase(CatalogOptions.Postgres(server.ConnectionTo(await server.CreateDatabaseAsync())));
            await catalog.EnsureReadyAsync(Token);
            await AddUserAsync(catalog, "before");

            await server.PauseAsync();
            var reading = CountAsync(catalog);
            var changing = AddUserAsync(catalog, "meanwhile");
            await server.ResumeAsync();
            await reading;
            await changing;
            (await CountAsync(catalog)).ShouldBe(2);

            await server.PauseAsync();
            (await Should.ThrowAsync<CatalogException>(() => AddUserAsync(catalog, "never"))).Fault.Code.ShouldBe("catalog-unreachable");
            var failure = await Should.ThrowAsync<Exception>(() => CountAsync(catalog));
            catalog.FaultOrNull(failure)!.Code.ShouldBe("catalog-unreachable");
            await server.ResumeAsync();
            (await CountAsync(catalog)).ShouldBe(2);
        }
        finally
        {
            await server.StopAsync();
        }
    }

    [Fact]
    public async Task A_commit_of_another_process_is_heard()
    {
        await using var fixture = await CatalogFixture.CreateAsync(CatalogKind.Postgres);
        using var other = new CatalogDatabase(fixture.Options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var heard = new SemaphoreSlim(0);
        var watching = fixture.Database.WatchAsync(() => heard.Release(), stop.Token);
        await heard.WaitAsync(Token); // connected

        await other.ChangeAsync(
            (c, _) =>
            {
                c.Add(Samples.Resource());
                return Task.CompletedTask;
            },
            Token);
        await heard.WaitAsync(Token);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public void Migrations_are_those_of_the_entities()
    {
        using var engine = new PostgresEngine(CatalogOptions.Postgres("Host=localhost;Database=none"));
        using var context = new CatalogContext(engine.ContextOptions);
        context.Database.HasPendingModelChanges().ShouldBeFalse("run eng/migrate NAME");
    }

    private static Task AddUserAsync(CatalogDatabase catalog, string name) =>
        catalog.ChangeAsync(
            (c, _) =>
            {
                c.Add(new User { Username = name });
                return Task.CompletedTask;
            },
            Token);

    private static async Task<int> CountAsync(CatalogDatabase catalog)
    {
        await using var context = catalog.CreateDbContext();
        return await context.Users.CountAsync(Token);
    }
}
