using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>Table B3, row by row, in both forms, and the use cases that are documented there.</summary>
public sealed class BootSourceSelectionTests
{
    public static TheoryData<MaasEra> Eras => BootSourceTests.Eras;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task A_source_or_its_number_will_do(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var source = await maas.Client.BootSources.GetAsync(1, Ct);
        var byNumber = await maas.Client.BootSourceSelections.ListAsync(1, Ct);
        (await SingleThread.RunAsync(() => maas.Client.BootSourceSelections.List(source))).ShouldBe(byNumber);
        (await maas.Client.BootSourceSelections.GetAsync(source, 7, Ct)).ShouldBe(byNumber.Single());
        (await SingleThread.RunAsync(() => maas.Client.BootSourceSelections.Get(1, 7))).ShouldBe(byNumber.Single());
        byNumber.Single().BootSourceId.ShouldBe(1);
        (await byNumber.Single().GetBootSourceAsync(Ct)).ShouldBe(source);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Everything_of_a_release_is_a_star_for_each_list(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var created = await maas.Client.BootSourceSelections.CreateAsync(1, "ubuntu", "jammy", cancellationToken: Ct);
        created.Arches.ShouldBe(["*"]);
        created.Subarches.ShouldBe(["*"]);
        created.Labels.ShouldBe(["*"]);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Several_architectures_are_repeated_fields(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var created = await SingleThread.RunAsync(() =>
            maas.Client.BootSourceSelections.Create(1, "ubuntu", "jammy", ["amd64", "arm64"], ["ga-24.04"]));
        created.Arches.ShouldBe(["amd64", "arm64"]);
        maas.Server.Requests.Single().Values("arches").ShouldBe(["amd64", "arm64"]);
        maas.Server.Requests.Single().Values("subarches").ShouldBe(["ga-24.04"]);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Architectures_of_a_selection_are_changed_and_saved_alone(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var selection = await maas.Client.BootSourceSelections.GetAsync(1, 7, Ct);
        maas.Server.Clear();
        await selection.SaveAsync(Ct);
        maas.Server.Lines.ShouldBeEmpty();
        selection.Arches = ["amd64", "arm64"];
        await SingleThread.RunAsync(() =>
        {
            selection.Save();
            return true;
        });
        maas.Server.Requests.Single().Line.ShouldBe("PUT /MAAS/api/2.0/boot-sources/1/selections/7/");
        maas.Server.Requests.Single().Form.Select(p => p.Name).ShouldBe(["arches", "arches"]);
        selection.Arches.ShouldBe(["amd64", "arm64"]);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task All_selections_of_a_source_can_be_deleted(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        foreach (var selection in await maas.Client.BootSourceSelections.ListAsync(1, Ct))
            await selection.DeleteAsync(Ct);
        maas.Server.Sources.Single().Selections.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_source_does_not_offer_is_refused_on_its_field()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var refused = await Should.ThrowAsync<MaasBadRequestException>(() =>
            maas.Client.BootSourceSelections.CreateAsync(1, "ubuntu", "foo", cancellationToken: Ct));
        refused.FieldErrors["os"].ShouldBe(["OS ubuntu with release foo has no available images for download"]);
    }

    [Fact]
    public async Task A_reply_without_the_number_of_the_source_can_still_be_saved()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V22);
        maas.Server.Intercept = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync("{\"id\": 7, \"release\": \"noble\", \"arches\": [], \"labels\": [], \"subarches\": []}"u8.ToArray(), Ct);
            return true;
        };
        var selection = await maas.Client.BootSourceSelections.GetAsync(1, 7, Ct);
        selection.Release = "jammy";
        await selection.SaveAsync(Ct);
        maas.Server.Lines.Last().ShouldBe("PUT /MAAS/api/2.0/boot-sources/1/selections/7/");
    }
}
