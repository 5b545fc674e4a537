using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Planning;
using BootDepot.Images.Products;
using BootDepot.Images.Retention;
using BootDepot.Images.Selections;
using FsCheck;
using FsCheck.Fluent;

namespace BootDepot.Images.Tests;

/// <summary>What holds for every plan, over random sources, selections and catalogues of a small world.</summary>
public sealed class PlanPropertyTests
{
    private static readonly OfferedProduct[] Products =
    [
        .. from release in new[] { "noble", "jammy" }
           from line in new[] { "ga-24.04", "hwe-24.04", "hwe-24.04-edge" }
           from version in new[] { "1", "2", "3" }
           select Make.Ubuntu(line, release: release, versions: version),
        Make.Centos("8", "1"), Make.Centos("8", "2"), Make.Loader(versions: "1"), Make.Loader(versions: "2"),
    ];

    private static readonly OfferedImage[] All = Products.Select(Make.Image).ToArray();

    private static readonly SelectionRule[] Rules =
    [
        Make.Selection(), Make.Selection(release: "jammy"), Make.Selection("*", "*", "*"),
        Make.Selection(subarches: "generic"), Make.Selection("centos", "8"), Make.Selection("debian", "none"),
    ];

    private sealed record World(PlanSource[] Sources, HeldSet[] Sets, int Keep);

    private static readonly Gen<World> Worlds =
        from sources in Gen.Choose(0, 3).SelectMany(n => Gen.CollectToList(Enumerable.Range(1, n), Source))
        from sets in Gen.SubListOf(All).SelectMany(images => Gen.CollectToList(images.Select((image, i) => (image, i)), Held))
        from keep in Gen.Choose(1, 3)
        select new World([.. sources], [.. sets], keep);

    [Fact]
    public void Applying_a_plan_and_planning_again_gives_an_empty_plan() => Check(world =>
    {
        var sets = world.Sets.ToList();
        for (var round = 0; round < 2; round++) // the second gives what can go once the first has completed
            sets = Apply(PlanOf(world, sets), sets);
        return PlanOf(world, sets).IsEmpty;
    });

    [Fact]
    public void No_digest_is_fetched_twice_and_none_that_is_held() => Check(world =>
    {
        var plan = PlanOf(world, world.Sets);
        var held = Make.Bytes(world.Sets);
        return plan.Blobs.DistinctBy(b => b.Digest).Count() == plan.Blobs.Count
            && plan.Blobs.All(b => !held.ContainsKey(b.Digest))
            && plan.Fetch.Sum(f => f.BytesToFetch) == plan.BytesToFetch;
    });

    [Fact]
    public void Every_set_has_exactly_one_fate() => Check(world =>
    {
        var plan = PlanOf(world, world.Sets);
        var ids = plan.Keep.Select(k => k.SetId)
            .Concat(plan.Retire.Select(r => r.SetId))
            .Concat(plan.Fetch.Where(f => f.SetId is not null).Select(f => f.SetId!.Value));
        return ids.Order().SequenceEqual(world.Sets.Select(s => s.Id).Order());
    });

    [Fact]
    public void Nothing_pinned_uploaded_or_wanted_is_retired() => Check(world =>
    {
        var plan = PlanOf(world, world.Sets);
        var sets = world.Sets.ToDictionary(s => s.Id);
        return plan.Retire.All(r => sets[r.SetId] is { IsPinned: false, IsUploaded: false }
            && plan.Fetch.All(f => (f.Image.Key, f.Image.Version) != (r.Key, r.Version)));
    });

    [Fact]
    public void An_image_that_is_served_and_still_wanted_is_served_after_every_step() => Check(world =>
    {
        var plan = PlanOf(world, world.Sets);
        var goingNow = plan.Retire.Where(r => r.After is null).Select(r => r.SetId).ToHashSet();
        var left = world.Sets.Where(s => s.IsComplete && !goingNow.Contains(s.Id)).Select(s => s.Key).ToHashSet();
        var fetched = plan.Fetch.Select(f => f.Image.Key);
        return fetched.All(key => left.Contains(key) || !world.Sets.Any(s => s.IsComplete && s.Key == key && !s.IsUploaded));
    });

    [Fact]
    public void Images_never_all_vanish() => Check(world =>
    {
        var plan = PlanOf(world, world.Sets);
        var images = world.Sets.Where(s => s is { IsBootloader: false, IsComplete: true, IsUploaded: false }).ToList();
        var goingNow = plan.Retire.Where(r => r.After is null).Select(r => r.SetId).ToHashSet();
        return images.Count == 0 || images.Any(s => !goingNow.Contains(s.Id));
    });

    private static void Check(System.Func<World, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20260309, 7), Prop.ForAll(Worlds.ToArbitrary(), holds));

    private static ImportPlan PlanOf(World world, IReadOnlyList<HeldSet> sets) =>
        Planner.Plan(world.Sources, sets, Make.Bytes(sets), new RetentionPolicy(world.Keep));

    private static List<HeldSet> Apply(ImportPlan plan, List<HeldSet> sets)
    {
        var next = sets.Where(s => plan.Fetch.All(f => f.SetId != s.Id)).ToList();
        next.AddRange(plan.Fetch.Select((f, i) => Make.Held(f.Image, f.SetId ?? 1000 + sets.Count + i, source: f.SourceId)));
        var complete = next.Where(s => s.IsComplete).Select(s => s.Key).ToHashSet();
        var gone = plan.Retire.Where(r => r.After is not { } key || complete.Contains(key)).Select(r => r.SetId).ToHashSet();
        next.RemoveAll(s => gone.Contains(s.Id));
        return next;
    }

    private static Gen<PlanSource> Source(int id) =>
        from priority in Gen.Choose(1, 3)
        from enabled in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from read in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from images in Gen.SubListOf(All)
        from rules in Gen.SubListOf(Rules)
        select Make.Source(
            enabled ? images.DistinctBy(i => i.ProductName).ToList() : [], id, priority, enabled, read, [.. rules.Take(2)]);

    private static Gen<HeldSet> Held((OfferedImage Image, int Index) held) =>
        from complete in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        from pinned in Gen.Frequency((1, Gen.Constant(true)), (8, Gen.Constant(false)))
        from uploaded in Gen.Frequency((1, Gen.Constant(true)), (12, Gen.Constant(false)))
        from source in Gen.Choose(0, 3)
        select Make.Held(held.Image, held.Index + 1, complete, source == 0 ? null : source, pinned) with { IsUploaded = uploaded };
}
