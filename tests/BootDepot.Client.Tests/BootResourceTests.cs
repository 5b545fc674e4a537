using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>Table B4, row by row, in both forms, and line 5 of B11.</summary>
public sealed class BootResourceTests
{
    public static TheoryData<MaasEra> Eras => BootSourceTests.Eras;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task List_has_no_sets_unless_asked_for(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        (await maas.Client.BootResources.ListAsync(cancellationToken: Ct)).Single().Sets.ShouldBeNull();
        maas.Server.Lines.ShouldBe(["GET /MAAS/api/2.0/boot-resources/"]);
        (await SingleThread.RunAsync(() => maas.Client.BootResources.List(includeSets: true))).Single().Sets!.Keys.ShouldBe(["20260115"]);
        (await maas.Client.BootResources.ListAsync(BootResourceType.Uploaded, cancellationToken: Ct)).ShouldBeEmpty();
        maas.Server.Lines.Last().ShouldBe("GET /MAAS/api/2.0/boot-resources/?type=uploaded");
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Get_gives_everything_typed(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var noble = await maas.Client.BootResources.GetAsync(5, Ct);
        (noble.Type, noble.TypeText, noble.Name, noble.Os, noble.Release).ShouldBe((BootResourceType.Synced, "Synced", "ubuntu/noble", "ubuntu", "noble"));
        (noble.Architecture, noble.Arch, noble.Subarch).ShouldBe(("amd64/ga-24.04", "amd64", "ga-24.04"));
        noble.Subarches.ShouldBe(["generic", "hwe-p", "ga-24.04"]);
        noble.LastDeployed.HasValue.ShouldBe(era >= MaasEra.V34);
        noble.ResourceUri.ShouldBe("/MAAS/api/2.0/boot-resources/5/");
        noble.KernelFlavor.ShouldBe(era == MaasEra.V22 ? "generic" : null);
        noble.Extra.ContainsKey("supported_platforms").ShouldBe(era == MaasEra.V34);
        var set = noble.LatestSet!;
        (set.Version, set.Label, set.Complete, set.Progress, set.Size).ShouldBe(("20260115", "stable", true, 100d, 14952832L));
        var kernel = set.Files["boot-kernel"];
        (kernel.FileType, kernel.Size, kernel.Complete, kernel.UploadUri).ShouldBe(("boot-kernel", 14952832L, true, null));
        kernel.FilenameOnDisk.ShouldBe(era >= MaasEra.V38 ? "02e95db" : null);
        (await SingleThread.RunAsync(() => maas.Client.BootResources.Get(5))).ShouldBe(noble);
        (await maas.Client.BootResources.FindAsync(99, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Enumerate_gives_resources_one_by_one()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var names = new List<string>();
        await foreach (var resource in maas.Client.BootResources.EnumerateAsync(cancellationToken: Ct))
            names.Add(resource.Name);
        names.ShouldBe(["ubuntu/noble"]);
        maas.Server.Resources.Clear();
        await Should.ThrowAsync<MaasApiException>(async () =>
        {
            maas.Server.Intercept = context =>
            {
                context.Response.StatusCode = 403;
                return Task.FromResult(true);
            };
            await foreach (var _ in maas.Client.BootResources.EnumerateAsync(cancellationToken: Ct))
                names.Clear();
        });
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Line_5_start_stop_and_is_importing_need_one_await_and_one_request_each(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        await maas.Client.BootResources.StartImportAsync(Ct);
        maas.Server.Lines.ShouldBe(["POST /MAAS/api/2.0/boot-resources/?op=import"]);
        (await maas.Client.BootResources.IsImportingAsync(Ct)).ShouldBeTrue();
        await maas.Client.BootResources.StopImportAsync(Ct);
        maas.Server.Requests.Count.ShouldBe(3);
        (await SingleThread.RunAsync(() =>
        {
            maas.Client.BootResources.StartImport();
            maas.Client.BootResources.StopImport();
            return maas.Client.BootResources.IsImporting();
        })).ShouldBeFalse();
        maas.Server.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Waiting_for_an_import_ends_with_it_or_at_the_time_limit()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        await maas.Client.BootResources.StartImportAsync(Ct);
        await maas.Client.BootResources.WaitForImportAsync(TimeSpan.FromMilliseconds(1), cancellationToken: Ct);
        maas.Server.IsImporting.ShouldBeFalse();
        maas.Server.IsImporting = true;
        maas.Server.ImportAnswers = int.MaxValue;
        await Should.ThrowAsync<TimeoutException>(() =>
            maas.Client.BootResources.WaitForImportAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10), cancellationToken: Ct));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Delete_works_on_the_object_and_by_number(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var noble = await maas.Client.BootResources.GetAsync(5, Ct);
        await SingleThread.RunAsync(() =>
        {
            noble.Refresh();
            noble.Delete();
            return true;
        });
        maas.Server.Resources.ShouldBeEmpty();
        await Should.ThrowAsync<MaasNotFoundException>(() => maas.Client.BootResources.DeleteAsync(5, Ct));
    }

    [Fact]
    public void Versions_are_in_order_of_date_and_number()
    {
        string[] versions = ["20260203.10", "20260203", "20260203.9", "20260115.2", "20260203.1"];
        versions.Order(SetVersions.Comparer).ShouldBe(["20260115.2", "20260203", "20260203.1", "20260203.9", "20260203.10"]);
    }

    [Fact]
    public void Every_type_of_file_has_its_word_and_new_ones_can_be_made()
    {
        BootResourceFileType.All.Select(t => t.Name).ShouldBe(
            ["tgz", "tbz", "txz", "ddtgz", "ddtar", "ddtbz", "ddtxz", "ddraw", "ddgz", "ddbz2", "ddxz", "self-extracting"]);
        new BootResourceFileType("new").ToString().ShouldBe("new");
    }
}
