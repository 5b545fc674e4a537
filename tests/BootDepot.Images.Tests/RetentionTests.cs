using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Images.Planning;
using BootDepot.Images.Products;
using BootDepot.Images.Retention;

namespace BootDepot.Images.Tests;

/// <summary>What stays of the past: by number, by days, by hand.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OfferedImage[] Versions =
        [.. new[] { "20260101", "20260201", "20260301" }.Select(v => Make.Image(Make.Ubuntu(versions: v)))];

    private static readonly PlanSource Source = Make.Source([Versions[2]], selections: Make.Selection());

    [Fact]
    public void As_many_complete_versions_stay_as_the_policy_says()
    {
        foreach (var (keep, gone) in new[] { (1, "1,2"), (2, "1"), (3, "") })
            Gone(Plan(Source, new RetentionPolicy(keep), All())).ShouldBe(gone);
    }

    [Fact]
    public void A_selection_can_keep_more_than_the_others()
    {
        var source = Make.Source(
            [Versions[2]], selections: [Make.Selection() with { Retention = new RetentionPolicy(2) }, Make.Selection(release: "jammy") with { Retention = new RetentionPolicy(9) }]);
        Gone(Plan(source, RetentionPolicy.NewestOnly, All())).ShouldBe("1");
    }

    [Fact]
    public void A_version_stays_for_some_days_after_its_successor_came()
    {
        var sets = All().Select((s, i) => s with { CompletedAt = Now.AddDays(-20 + (i * 9)) }).ToArray(); // 20, 11 and 2 days ago
        Gone(Plan(Source, new RetentionPolicy(1, 10), sets)).ShouldBe("1");
        Gone(Plan(Source, new RetentionPolicy(1, 12), sets)).ShouldBe("");
        Gone(Plan(Source, new RetentionPolicy(1, 1), sets)).ShouldBe("1,2");
    }

    [Fact]
    public void What_was_rolled_back_to_stays_and_what_was_rolled_back_behind_waits()
    {
        var sets = All();
        sets[2] = sets[2] with { IsWithheld = true };
        var plan = Plan(Source, RetentionPolicy.NewestOnly, sets);
        plan.Fetch.ShouldBeEmpty("it is held");
        plan.Keep.Select(k => (k.SetId, k.Reason)).ShouldBe([(3, KeepReason.Withheld), (2, KeepReason.RolledBack)], ignoreOrder: true);
        Gone(plan).ShouldBe("1");
    }

    [Fact]
    public void Something_newer_ends_the_rollback_only_when_it_is_complete()
    {
        var sets = All();
        sets[2] = sets[2] with { IsWithheld = true };
        var newer = Make.Image(Make.Ubuntu(versions: "20260401"));
        var source = Make.Source([newer], selections: Make.Selection());
        var before = Plan(source, RetentionPolicy.NewestOnly, sets);
        before.Keep.Select(k => k.Reason).ShouldBe([KeepReason.Withheld]);
        before.Retire.ShouldAllBe(r => r.After != null);
        Gone(Plan(source, RetentionPolicy.NewestOnly, [.. sets, Make.Held(newer, 4)])).ShouldBe("1,2,3");
    }

    [Fact]
    public void A_pinned_version_outlives_upstream_the_selection_and_the_source()
    {
        var sets = All();
        sets[0] = sets[0] with { IsPinned = true };
        Gone(Plan(Source, RetentionPolicy.NewestOnly, sets)).ShouldBe("2");
        sets = [sets[0] with { SourceId = null }, Make.Held(Make.Image(Make.Ubuntu("hwe-24.04")), 9, source: 2)];
        var plan = Plan(Make.Source([], id: 2, selections: Make.Selection(release: "*")), RetentionPolicy.NewestOnly, sets);
        plan.Keep.ShouldContain(k => k.SetId == 1 && k.Reason == KeepReason.Pinned);
    }

    private static HeldSet[] All() => [.. Versions.Select((v, i) => Make.Held(v, i + 1))];

    private static ImportPlan Plan(PlanSource source, RetentionPolicy policy, IReadOnlyList<HeldSet> sets) =>
        Planner.Plan([source], sets, Make.Bytes(sets), policy, Now);

    private static string Gone(ImportPlan plan) =>
        string.Join(',', plan.Retire.Where(r => r.After is null).Select(r => r.SetId).Order());
}
