using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using BootDepot.Images.Planning;
using BootDepot.Images.Products;
using BootDepot.Images.Retention;

namespace BootDepot.Images.Tests;

public sealed class PlannerTests
{
    private static readonly OfferedImage Old = Make.Image(Make.Ubuntu(versions: "20260101"));
    private static readonly OfferedImage New = Make.Image(Make.Ubuntu(versions: "20260309"));
    private static readonly OfferedImage Loader = Make.Image(Make.Loader());

    [Fact]
    public void An_empty_catalogue_fetches_what_is_selected_each_digest_once()
    {
        // Two kernels share a root.
        var ga = Make.Ubuntu();
        var hwe = Make.Ubuntu("hwe-24.04");
        hwe = hwe with
        {
            Versions =
            [
                hwe.Versions[0] with
                {
                    Items = hwe.Versions[0].Items.Select(i => i.Name is "squashfs" or "manifest"
                        ? ga.Versions[0].Items.Single(g => g.Name == i.Name)
                        : i).ToList(),
                },
            ],
        };
        var plan = Plan([Make.Source(Make.Images(ga, hwe, Make.Loader()), selections: Make.Selection())]);
        plan.Fetch.Count.ShouldBe(3);
        plan.Fetch[0].Image.IsBootloader.ShouldBeTrue("nothing boots without it");
        plan.Blobs.Count.ShouldBe(1 + 4 + 2);
        plan.BytesToFetch.ShouldBe(70);
        plan.Fetch.Sum(f => f.BytesToFetch).ShouldBe(70);
    }

    [Fact]
    public void What_is_held_complete_is_kept_and_nothing_is_to_do()
    {
        var plan = Plan([Make.Source([New, Loader])], Make.Held(New, 1), Make.Held(Loader, 2));
        plan.IsEmpty.ShouldBeTrue();
        plan.Keep.Select(k => k.Reason).ShouldBe([KeepReason.Current, KeepReason.Current]);
    }

    [Fact]
    public void The_old_version_stays_until_the_new_one_is_complete()
    {
        var plan = Plan([Make.Source([New])], Make.Held(Old, 1));
        plan.Fetch.ShouldHaveSingleItem().SetId.ShouldBeNull();
        var retired = plan.Retire.ShouldHaveSingleItem();
        (retired.SetId, retired.Reason, retired.After).ShouldBe((1, RetireReason.Superseded, New.Key));

        plan = Plan([Make.Source([New])], Make.Held(Old, 1), Make.Held(New, 2, complete: false));
        plan.Fetch.ShouldHaveSingleItem().SetId.ShouldBe(2);
        plan.Retire.ShouldHaveSingleItem().After.ShouldBe(New.Key);

        plan = Plan([Make.Source([New])], Make.Held(Old, 1), Make.Held(New, 2));
        plan.Fetch.ShouldBeEmpty();
        plan.Retire.ShouldHaveSingleItem().ShouldBe(new RetiredSet(1, Old.Key, Old.Version, RetireReason.Superseded, null));
    }

    [Fact]
    public void An_incomplete_version_that_is_no_longer_the_newest_goes()
    {
        var plan = Plan([Make.Source([New])], Make.Held(Old, 1, complete: false));
        plan.Retire.ShouldHaveSingleItem().Reason.ShouldBe(RetireReason.Abandoned);
    }

    [Fact]
    public void An_image_dropped_upstream_but_selected_stays()
    {
        var centos = Make.Image(Make.Centos());
        var plan = Plan([Make.Source([New], selections: [Make.Selection(), Make.Selection("centos", "8")])], Make.Held(centos, 1), Make.Held(New, 2));
        plan.Retire.ShouldBeEmpty();
        plan.Keep.Single(k => k.SetId == 1).Reason.ShouldBe(KeepReason.DroppedUpstream);
    }

    [Fact]
    public void A_kernel_line_dropped_upstream_goes_when_another_of_the_release_is_complete()
    {
        var edge = Make.Image(Make.Ubuntu("hwe-22.04-edge"));
        Plan([Make.Source([New])], Make.Held(edge, 1)).Retire.ShouldHaveSingleItem().After.ShouldBe(New.Key);
        var retired = Plan([Make.Source([New])], Make.Held(edge, 1), Make.Held(New, 2)).Retire.ShouldHaveSingleItem();
        (retired.Reason, retired.After).ShouldBe((RetireReason.KernelLineGone, null));
    }

    [Fact]
    public void An_image_dropped_upstream_and_not_selected_goes()
    {
        var centos = Make.Image(Make.Centos());
        Plan([Make.Source([New], selections: Make.Selection())], Make.Held(centos, 1), Make.Held(New, 2))
            .Retire.ShouldHaveSingleItem().Reason.ShouldBe(RetireReason.NotSelected);
    }

    [Fact]
    public void An_image_whose_selection_was_deleted_goes()
    {
        var centos = Make.Image(Make.Centos());
        Plan([Make.Source([New, centos], selections: Make.Selection())], Make.Held(centos, 1), Make.Held(New, 2))
            .Retire.ShouldHaveSingleItem().SetId.ShouldBe(1);
    }

    [Fact]
    public void Images_of_a_deleted_source_go_unless_another_asks_for_them()
    {
        var centos = Make.Image(Make.Centos());
        Plan([Make.Source([New], selections: Make.Selection())], Make.Held(centos, 1, source: null), Make.Held(New, 2))
            .Retire.ShouldHaveSingleItem().SetId.ShouldBe(1);
        Plan([Make.Source([New])], Make.Held(centos, 1, source: null), Make.Held(New, 2)).Retire.ShouldBeEmpty();
    }

    [Fact]
    public void A_stream_that_offers_nothing_deletes_nothing()
    {
        var plan = Plan([Make.Source([], selections: Make.Selection("debian"))], Make.Held(New, 1), Make.Held(Old, 2));
        plan.Retire.ShouldBeEmpty();
        plan.Keep.Select(k => k.Reason).ShouldBe([KeepReason.LastImages, KeepReason.LastImages]);
        plan.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("import-would-delete-everything");
        Plan([], Make.Held(New, 1)).Retire.ShouldBeEmpty();
    }

    [Fact]
    public void The_last_images_wait_for_what_comes_in_their_place()
    {
        var centos = Make.Image(Make.Centos());
        var source = Make.Source([New, centos], selections: Make.Selection());
        Plan([source], Make.Held(centos, 1)).Retire.ShouldHaveSingleItem().After.ShouldBe(New.Key);
        Plan([source], Make.Held(centos, 1), Make.Held(New, 2)).Retire.ShouldHaveSingleItem().After.ShouldBeNull();
    }

    [Fact]
    public void Uploaded_images_are_never_touched()
    {
        var custom = Make.Held(Make.Image(Make.Centos()), 1, source: null) with { IsUploaded = true };
        var plan = Plan([Make.Source([New, Make.Image(Make.Centos())], selections: Make.Selection())], custom, Make.Held(New, 2));
        plan.IsEmpty.ShouldBeTrue();
        plan.Keep.Single(k => k.SetId == 1).Reason.ShouldBe(KeepReason.Uploaded);
    }

    [Fact]
    public void A_pinned_version_is_never_retired()
    {
        var plan = Plan([Make.Source([New])], Make.Held(Old, 1, pinned: true), Make.Held(New, 2));
        plan.IsEmpty.ShouldBeTrue();
        plan.Keep.Single(k => k.SetId == 1).Reason.ShouldBe(KeepReason.Pinned);
    }

    [Fact]
    public void More_versions_are_kept_when_the_policy_says_so()
    {
        var older = Make.Image(Make.Ubuntu(versions: "20250101"));
        HeldSet[] sets = [Make.Held(older, 1), Make.Held(Old, 2), Make.Held(New, 3)];
        var plan = Planner.Plan([Make.Source([New])], sets, Make.Bytes(sets), new RetentionPolicy(2));
        plan.Retire.ShouldHaveSingleItem().SetId.ShouldBe(1);
        plan.Keep.Single(k => k.SetId == 2).Reason.ShouldBe(KeepReason.Retained);
    }

    [Fact]
    public void The_higher_priority_wins_and_then_the_lower_id()
    {
        Plan([Make.Source([Old], 1, 1), Make.Source([New], 2, 5)]).Fetch.ShouldHaveSingleItem().SourceId.ShouldBe(2);
        Plan([Make.Source([New], 2, 5), Make.Source([Old], 1, 5)]).Fetch.ShouldHaveSingleItem().SourceId.ShouldBe(1);
    }

    [Fact]
    public void Disabling_the_winner_falls_back_to_the_other_source()
    {
        var plan = Plan([Make.Source([], 1, 5, enabled: false), Make.Source([Old], 2, 1)], Make.Held(New, 1, source: 1));
        plan.Fetch.ShouldHaveSingleItem().SourceId.ShouldBe(2);
        plan.Retire.ShouldHaveSingleItem().After.ShouldBe(Old.Key);
    }

    [Fact]
    public void What_came_from_a_disabled_source_stays_when_no_other_has_it() =>
        Plan([Make.Source([], enabled: false, selections: Make.Selection("none"))], Make.Held(New, 1))
            .Keep.ShouldHaveSingleItem().Reason.ShouldBe(KeepReason.SourceDisabled);

    [Fact]
    public void A_source_that_cannot_be_read_loses_nothing_to_a_weaker_one()
    {
        var plan = Plan([Make.Source([], 1, 5, read: false), Make.Source([New], 2, 1)], Make.Held(Old, 1, source: 1));
        plan.IsEmpty.ShouldBeTrue();
        plan.Keep.ShouldHaveSingleItem().Reason.ShouldBe(KeepReason.SourceUnavailable);
        // A stronger one takes over as ever, and a weaker one helps where nothing is held.
        Plan([Make.Source([], 1, 1, read: false), Make.Source([New], 2, 5)], Make.Held(Old, 1, source: 1)).Fetch.Count.ShouldBe(1);
        Plan([Make.Source([], 1, 5, read: false), Make.Source([New], 2, 1)]).Fetch.Count.ShouldBe(1);
    }

    [Fact]
    public void A_newer_version_that_is_held_is_not_given_up_because_its_entry_broke()
    {
        var broken = Old with { RefusedVersions = ["20260309"] };
        var plan = Plan([Make.Source([broken])], Make.Held(New, 1));
        plan.IsEmpty.ShouldBeTrue();
        plan.Keep.ShouldHaveSingleItem().Reason.ShouldBe(KeepReason.OfferUnusable);
    }

    [Fact]
    public void Upstream_may_go_back_to_an_older_version()
    {
        var plan = Plan([Make.Source([Old])], Make.Held(New, 1));
        plan.Fetch.ShouldHaveSingleItem().Image.Version.ShouldBe(Old.Version);
        plan.Retire.ShouldHaveSingleItem().After.ShouldBe(Old.Key);
    }

    [Fact]
    public void Other_bytes_under_a_served_version_are_fetched_before_anything_changes()
    {
        var respun = New with { Files = [.. New.Files.Skip(1), New.Files[0] with { Digest = Make.Digest("respun") }] };
        var plan = Plan([Make.Source([respun])], Make.Held(New, 7));
        var set = plan.Fetch.ShouldHaveSingleItem();
        (set.SetId, set.ReplacesServed).ShouldBe((7, true));
        plan.Blobs.ShouldHaveSingleItem().Digest.ShouldBe(Make.Digest("respun"));
        plan.Retire.ShouldBeEmpty();
    }

    [Fact]
    public void A_held_digest_with_another_size_refuses_the_offer_and_keeps_what_is_held()
    {
        var lying = New with { Files = New.Files.Select(f => f with { Size = 11 }).ToList() };
        var plan = Plan([Make.Source([lying])], Make.Held(New, 1));
        plan.IsEmpty.ShouldBeTrue();
        plan.Keep.ShouldHaveSingleItem().Reason.ShouldBe(KeepReason.OfferUnusable);
        plan.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("item-digest-with-two-sizes");
    }

    [Fact]
    public void Every_source_that_offers_the_bytes_is_a_place_to_fetch_them()
    {
        var plan = Plan([Make.Source([New], 1, 1), Make.Source([New], 2, 9)]);
        plan.Blobs.ShouldAllBe(b => b.Locations.Select(l => l.SourceId).SequenceEqual(new[] { 2, 1 }));
    }

    [Fact]
    public void Boot_loaders_stay_while_their_source_exists()
    {
        Plan([Make.Source([New])], Make.Held(Loader, 1), Make.Held(New, 2)).Retire.ShouldBeEmpty();
        Plan([Make.Source([New])], Make.Held(Loader, 1, source: null), Make.Held(New, 2))
            .Retire.ShouldHaveSingleItem().SetId.ShouldBe(1);
    }

    [Fact]
    public void Ten_thousand_items_are_planned_in_a_few_milliseconds()
    {
        var images = Enumerable.Range(0, 2500)
            .Select(i => Make.Image(Make.Ubuntu(release: $"r{i}", number: $"{i}", subarch: $"ga-{i}"))).ToList();
        var sets = images.Select((image, i) => Make.Held(image, i)).ToList();
        var held = Make.Bytes(sets);
        PlanSource[] sources = [Make.Source(images, selections: Make.Selection(release: "*"))];
        Planner.Plan(sources, sets, held, RetentionPolicy.NewestOnly).IsEmpty.ShouldBeTrue();
        var best = Enumerable.Range(0, 20).Min(_ =>
        {
            var watch = Stopwatch.StartNew();
            Planner.Plan(sources, sets, held, RetentionPolicy.NewestOnly).IsEmpty.ShouldBeTrue();
            return watch.Elapsed.TotalMilliseconds;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"best: {best:0.0} ms");
        best.ShouldBeLessThan(250, "a few ms on an idle machine; the bound is for a busy one");
    }

    private static ImportPlan Plan(IReadOnlyList<PlanSource> sources, params HeldSet[] sets) =>
        Planner.Plan(sources, sets, Make.Bytes(sets), RetentionPolicy.NewestOnly);
}
