using System;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>Changes are whole, snapshots are of one moment, and the trail goes with the change.</summary>
public abstract partial class CatalogContract
{
    [Fact]
    public async Task A_change_that_fails_leaves_nothing_behind_even_what_it_had_saved()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => Catalog.ChangeAsync(
            async (context, token) =>
            {
                context.Add(Samples.User());
                AuditTrail.Append(context, Clock, Actor.System, "user.create", "user/1", before: null, after: null);
                await context.SaveChangesAsync(token);
                throw new InvalidOperationException("after the save");
            },
            Token));

        (await ReadAsync(c => c.Users.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.Events.CountAsync(Token))).ShouldBe(0);
    }

    [Fact]
    public async Task Changes_of_two_processes_wait_for_each_other_and_none_is_lost()
    {
        using var other = new CatalogDatabase(Fixture.Options);
        await AddAsync(new Setting { Name = "counter", Value = "0" });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                for (var i = 0; i < 25; i++)
                {
                    await (worker % 2 == 0 ? Catalog : other).ChangeAsync(
                        async (context, token) =>
                        {
                            var row = await context.Settings.SingleAsync(s => s.Name == "counter", token);
                            row.Value = (int.Parse(row.Value, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
                        },
                        Token);
                }
            },
            Token)));

        (await ReadAsync(c => c.Settings.SingleAsync(Token))).Value.ShouldBe("200");
    }

    [Fact]
    public async Task A_snapshot_sees_one_moment_and_holds_up_no_writer()
    {
        using var other = new CatalogDatabase(Fixture.Options);
        await AddAsync(Samples.User("first"));

        var (before, after) = await Catalog.SnapshotAsync(
            async (context, token) =>
            {
                var seen = await context.Users.CountAsync(token);
                await other.ChangeAsync(
                    (c, _) =>
                    {
                        c.Add(Samples.User("second"));
                        return Task.CompletedTask;
                    },
                    token);
                return (seen, await context.Users.CountAsync(token));
            },
            Token);

        (before, after).ShouldBe((1, 1));
        (await ReadAsync(c => c.Users.CountAsync(Token))).ShouldBe(2);
    }

    [Fact]
    public async Task A_context_out_of_the_pool_remembers_nothing_of_its_former_use()
    {
        await Catalog.SnapshotAsync((context, token) => context.Users.CountAsync(token), Token);
        for (var i = 0; i < 3; i++)
        {
            await using var context = await Catalog.CreateDbContextAsync(Token);
            context.Database.CurrentTransaction.ShouldBeNull();
            context.ChangeTracker.QueryTrackingBehavior.ShouldBe(QueryTrackingBehavior.TrackAll);
            context.Add(Samples.User());
        }

        (await ReadAsync(c => c.Users.CountAsync(Token))).ShouldBe(0);
    }

    [Fact]
    public async Task The_trail_is_read_newest_first_in_pages_and_by_object()
    {
        for (var i = 0; i < 5; i++)
        {
            var after = new JsonObject { ["n"] = i };
            await Catalog.ChangeAsync(
                (context, _) =>
                {
                    AuditTrail.Append(context, Clock, new Actor("alice", "192.0.2.7"), "thing.change", $"thing/{i % 2}", before: null, after);
                    return Task.CompletedTask;
                },
                Token);
        }

        var first = await ReadAsync(c => AuditTrail.ListAsync(c, subject: null, olderThan: null, limit: 3, Token));
        var second = await ReadAsync(c => AuditTrail.ListAsync(c, subject: null, first[^1].Id, limit: 3, Token));
        var ofOne = await ReadAsync(c => AuditTrail.ListAsync(c, "thing/1", olderThan: null, limit: 100, Token));

        first.Concat(second).Select(e => e.After).ShouldBe(["""{"n":4}""", """{"n":3}""", """{"n":2}""", """{"n":1}""", """{"n":0}"""]);
        ofOne.Select(e => e.After).ShouldBe(["""{"n":3}""", """{"n":1}"""]);
        ofOne[0].Actor.ShouldBe("alice");
        ofOne[0].Origin.ShouldBe("192.0.2.7");
        ofOne[0].At.ShouldBe(Clock.GetUtcNow());
        ofOne[0].Before.ShouldBeNull();
    }
}
