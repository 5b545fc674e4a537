using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;

namespace BootDepot.Catalog.Tests;

/// <summary>One holder at a time.</summary>
public abstract partial class CatalogContract
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_lease_is_one_holders_until_it_lapses()
    {
        var leases = new Leases(Catalog, Clock);
        var alice = await leases.AcquireOrNullAsync("import", "alice", Minute, Token);
        alice.ShouldNotBeNull();

        (await leases.AcquireOrNullAsync("import", "bob", Minute, Token)).ShouldBeNull();
        (await leases.AcquireOrNullAsync("import", "alice", Minute, Token)).ShouldBeNull();
        (await leases.AcquireOrNullAsync("gc", "bob", Minute, Token)).ShouldNotBeNull();
        (await leases.CurrentOrNullAsync("import", Token)).ShouldBe(alice);

        Clock.Advance(Minute);
        (await leases.CurrentOrNullAsync("import", Token)).ShouldBeNull();
        var bob = await leases.AcquireOrNullAsync("import", "bob", Minute, Token);
        bob.ShouldNotBeNull();
        bob.Generation.ShouldBeGreaterThan(alice.Generation);
    }

    [Fact]
    public async Task A_renewed_lease_goes_on_and_a_released_one_is_free_at_once()
    {
        var leases = new Leases(Catalog, Clock);
        var alice = (await leases.AcquireOrNullAsync("import", "alice", Minute, Token))!;
        Clock.Advance(Minute / 2);
        alice = (await leases.RenewOrNullAsync(alice, Minute, Token))!;
        Clock.Advance(Minute / 2);
        (await leases.AcquireOrNullAsync("import", "bob", Minute, Token)).ShouldBeNull();

        await leases.ReleaseAsync(alice, Token);

        (await leases.CurrentOrNullAsync("import", Token)).ShouldBeNull();
        (await leases.RenewOrNullAsync(alice, Minute, Token)).ShouldBeNull();
        (await leases.AcquireOrNullAsync("import", "bob", Minute, Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_holder_who_slept_through_his_end_can_neither_renew_nor_confirm_nor_release_what_another_has()
    {
        var leases = new Leases(Catalog, Clock);
        var sleeper = (await leases.AcquireOrNullAsync("import", "same name", Minute, Token))!;
        Clock.Advance(Minute);
        var next = (await leases.AcquireOrNullAsync("import", "same name", Minute, Token))!;

        (await leases.RenewOrNullAsync(sleeper, Minute, Token)).ShouldBeNull();
        await leases.ReleaseAsync(sleeper, Token);
        (await Catalog.ChangeAsync((c, t) => Leases.ConfirmAsync(c, sleeper, t), Token)).ShouldBeFalse();

        (await leases.CurrentOrNullAsync("import", Token)).ShouldBe(next);
        (await Catalog.ChangeAsync((c, t) => Leases.ConfirmAsync(c, next, t), Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_in_two_processes_one_gets_it_first_time_and_at_each_end()
    {
        using var other = new CatalogDatabase(Fixture.Options);
        for (var round = 0; round < 10; round++)
        {
            var grants = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
                () => new Leases(i % 2 == 0 ? Catalog : other, Clock).AcquireOrNullAsync("import", $"holder {i}", Minute, Token),
                Token)));
            grants.Count(g => g is not null).ShouldBe(1);
            Clock.Advance(Minute);
        }
    }

    /// <summary>A thousand random steps of three holders, beside a model of two lines.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_sequence_of_steps_does_what_the_model_says(int seed)
    {
        var random = new Random(seed);
        var leases = new Leases(Catalog, Clock);
        var held = new Dictionary<string, LeaseGrant>(StringComparer.Ordinal);
        LeaseGrant? current = null; // the last grant that was not released

        for (var step = 0; step < 300; step++)
        {
            var holder = "holder " + random.Next(3);
            var mine = held.GetValueOrDefault(holder);
            var free = current is null || current.ExpiresAt <= Clock.GetUtcNow();
            var told = $"seed {seed}, step {step}";
            switch (random.Next(5))
            {
                case 0:
                    var taken = await leases.AcquireOrNullAsync("l", holder, Minute, Token);
                    (taken is not null).ShouldBe(free, told);
                    if (taken is not null)
                        held[holder] = current = taken;
                    break;
                case 1 when mine is not null:
                    var renewed = await leases.RenewOrNullAsync(mine, Minute, Token);
                    (renewed is not null).ShouldBe(mine == current, told);
                    if (renewed is not null)
                        held[holder] = current = renewed;
                    break;
                case 2 when mine is not null:
                    await leases.ReleaseAsync(mine, Token);
                    if (mine == current)
                        current = null;
                    break;
                case 3 when mine is not null:
                    (await Catalog.ChangeAsync((c, t) => Leases.ConfirmAsync(c, mine, t), Token)).ShouldBe(mine == current, told);
                    break;
                default:
                    Clock.Advance(TimeSpan.FromSeconds(random.Next(50)));
                    break;
            }

            var shown = current?.ExpiresAt > Clock.GetUtcNow() ? current : null;
            (await leases.CurrentOrNullAsync("l", Token)).ShouldBe(shown, told);
        }
    }
}
