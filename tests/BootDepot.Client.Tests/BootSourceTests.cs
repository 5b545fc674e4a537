using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>Table B2, row by row, in both forms, against servers of each age.</summary>
public sealed class BootSourceTests
{
    public static TheoryData<MaasEra> Eras { get; } = [MaasEra.V22, MaasEra.V34, MaasEra.V38, MaasEra.BootDepot];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task List_gives_all_sources_with_what_the_server_knows(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var source = (await maas.Client.BootSources.ListAsync(Ct)).ShouldHaveSingleItem();
        source.Id.ShouldBe(1);
        source.Url.ShouldBe("http://images.example.com/ephemeral-v3/stable/");
        source.KeyringFilename.ShouldBe("/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg");
        source.KeyringData.ShouldBe([]);
        source.Created!.Value.ToUnixTimeSeconds().ShouldBe(1770091506);
        source.Updated!.Value.Offset.ShouldBe(TimeSpan.Zero);
        source.Name.ShouldBe(era >= MaasEra.V38 ? "Stable stream" : null);
        source.Priority.ShouldBe(era >= MaasEra.V38 ? 1 : null);
        source.Enabled.ShouldBe(era >= MaasEra.V38 ? true : null);
        (await SingleThread.RunAsync(() => maas.Client.BootSources.List())).ShouldBe([source]);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Get_gives_one_and_an_unknown_id_is_not_found(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var source = await maas.Client.BootSources.GetAsync(1, Ct);
        (await SingleThread.RunAsync(() => maas.Client.BootSources.Get(1))).ShouldBe(source);
        (await Should.ThrowAsync<MaasNotFoundException>(() => maas.Client.BootSources.GetAsync(99, Ct))).Content
            .ShouldBe(era == MaasEra.V22 ? "Not Found" : "No BootSource matches the given query.");
        (await maas.Client.BootSources.FindAsync(99, Ct)).ShouldBeNull();
        (await SingleThread.RunAsync(() => maas.Client.BootSources.Find(99))).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Create_sends_a_keyring_as_a_file_part_from_bytes_or_a_stream(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        byte[] keyring = [0x99, 1, 2, 3];
        var fromBytes = await maas.Client.BootSources.CreateAsync(new BootSourceSpec { Url = "http://a/", KeyringData = keyring }, Ct);
        fromBytes.KeyringData.ShouldBe(keyring);
        var fromStream = await SingleThread.RunAsync(() =>
            maas.Client.BootSources.Create(new BootSourceSpec { Url = "http://b/", KeyringStream = new MemoryStream(keyring), Name = "b", Priority = 7, Enabled = false, SkipKeyringVerification = true }));
        fromStream.KeyringData.ShouldBe(keyring);
        maas.Server.Requests.ShouldAllBe(r => r.Form.Single(p => p.Name == "keyring_data").IsFile);
        var last = maas.Server.Requests.Last();
        (last.Value("name"), last.Value("priority"), last.Value("enabled"), last.Value("skip_keyring_verification")).ShouldBe(("b", "7", "false", "true"));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Create_without_a_keyring_is_refused_with_the_field(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var refused = await Should.ThrowAsync<MaasBadRequestException>(() => maas.Client.BootSources.CreateAsync(new BootSourceSpec { Url = "http://a/" }, Ct));
        refused.FieldErrors["__all__"].ShouldBe(["One of keyring_data or keyring_filename must be specified."]);
        refused.Message.ShouldContain("One of keyring_data");
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Save_sends_only_what_changed_and_nothing_without_a_change(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var source = await maas.Client.BootSources.GetAsync(1, Ct);
        maas.Server.Clear();
        await source.SaveAsync(Ct);
        maas.Server.Lines.ShouldBeEmpty();
        source.Url = "http://new/stream";
        source.IsChanged.ShouldBeTrue();
        await source.SaveAsync(Ct);
        maas.Server.Requests.Single().Form.Select(p => p.Name).ShouldBe(["url"]);
        source.IsChanged.ShouldBeFalse();
        maas.Server.Clear();
        source.KeyringFilename = null;
        source.KeyringData = [1, 2];
        await SingleThread.RunAsync(() =>
        {
            source.Save();
            return true;
        });
        maas.Server.Requests.Single().Form.Select(p => (p.Name, p.IsFile)).ShouldBe([("keyring_filename", false), ("keyring_data", true)]);
        source.KeyringData.ShouldBe([1, 2]);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Refresh_drops_local_changes_and_delete_leaves_the_object_usable(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var source = await maas.Client.BootSources.GetAsync(1, Ct);
        source.Url = "http://other/";
        await source.RefreshAsync(Ct);
        source.Url.ShouldBe("http://images.example.com/ephemeral-v3/stable/");
        await SingleThread.RunAsync(() =>
        {
            source.Refresh();
            source.Delete();
            return true;
        });
        source.Url.ShouldNotBeNull();
        maas.Server.Sources.ShouldBeEmpty();
        await Should.ThrowAsync<MaasNotFoundException>(() => maas.Client.BootSources.DeleteAsync(1, Ct));
    }

    [Fact]
    public async Task Equality_is_by_id_and_text_holds_no_keys()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var one = await maas.Client.BootSources.GetAsync(1, Ct);
        var two = await maas.Client.BootSources.GetAsync(1, Ct);
        two.KeyringData = [0x41, 0x42];
        one.ShouldBe(two);
        one.GetHashCode().ShouldBe(two.GetHashCode());
        two.ToString().ShouldBe("boot source 1 (http://images.example.com/ephemeral-v3/stable/)");
    }
}
