using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>Settings: typed, checked, recorded.</summary>
public abstract partial class CatalogContract
{
    private static readonly Actor Alice = new("alice");

    [Fact]
    public async Task Settings_are_their_defaults_until_someone_changes_them_and_only_changes_are_stored()
    {
        var store = new SettingsStore(Catalog, Clock, new RegionSettings { MaasName = "host1" });
        (await store.GetAsync(Token)).ShouldBe(new RegionSettings { MaasName = "host1" });

        foreach (var setting in SettingDefinition.All)
            (await store.SetAsync(setting.Name, setting.Get(new RegionSettings { MaasName = "host1" }), Alice, Token)).ShouldBeNull(setting.Name);
        (await ReadAsync(c => c.Settings.CountAsync(Token))).ShouldBe(0);

        (await store.SetAsync("http_proxy", "http://proxy.example:3128/", Alice, Token)).ShouldBeNull();
        (await store.SetAsync("boot_images_import_interval_minutes", 5, Alice, Token)).ShouldBeNull();
        (await store.SetAsync("ntp_server", "ntp.example", Alice, Token)).ShouldBeNull();

        (await store.GetAsync(Token)).ShouldBe(new RegionSettings
        {
            MaasName = "host1",
            HttpProxy = "http://proxy.example:3128/",
            BootImagesImportIntervalMinutes = 5,
            NtpServers = "ntp.example",
        });
        (await ReadAsync(c => c.Settings.Select(s => s.Name).Order().ToListAsync(Token)))
            .ShouldBe(["boot_images_import_interval_minutes", "http_proxy", "ntp_servers"]);

        (await store.SetAsync("http_proxy", "", Alice, Token)).ShouldBeNull();
        (await store.GetAsync(Token)).HttpProxy.ShouldBeNull();
    }

    [Fact]
    public async Task A_change_is_recorded_with_both_values_but_never_with_a_password()
    {
        var store = new SettingsStore(Catalog, Clock, new RegionSettings());
        await store.SetAsync("http_proxy", "http://user:geheim@proxy.example:3128/", Alice, Token);

        var entry = (await ReadAsync(c => AuditTrail.ListAsync(c, "setting/http_proxy", olderThan: null, 10, Token))).Single();
        entry.Action.ShouldBe("setting.change");
        entry.Actor.ShouldBe("alice");
        JsonNode.Parse(entry.Before!)!["value"].ShouldBeNull();
        JsonNode.Parse(entry.After!)!["value"]!.GetValue<string>().ShouldBe("http://***@proxy.example:3128/");
        (await store.GetAsync(Token)).HttpProxy.ShouldBe("http://user:geheim@proxy.example:3128/");
    }

    [Theory]
    [InlineData("no_such_thing", "1", "setting-unknown")]
    [InlineData("Http_Proxy", "\"http://x/\"", "setting-unknown")]
    [InlineData("http_proxy", "\"ftp://x/\"", "setting-invalid")]
    [InlineData("http_proxy", "\"proxy:3128\"", "setting-invalid")]
    [InlineData("http_proxy", "7", "setting-invalid")]
    [InlineData("boot_images_auto_import", "\"true\"", "setting-invalid")]
    [InlineData("boot_images_auto_import", "null", "setting-invalid")]
    [InlineData("boot_images_import_interval_minutes", "0", "setting-invalid")]
    [InlineData("boot_images_import_interval_minutes", "1.5", "setting-invalid")]
    [InlineData("boot_images_import_interval_minutes", "99999999999", "setting-invalid")]
    [InlineData("maas_name", "\"two\\nlines\"", "setting-invalid")]
    [InlineData("maas_name", "[]", "setting-invalid")]
    public async Task A_value_that_does_not_fit_changes_nothing(string name, string json, string code)
    {
        var store = new SettingsStore(Catalog, Clock, new RegionSettings());
        (await store.SetAsync(name, JsonNode.Parse(json), Alice, Token))!.Code.ShouldBe(code);
        (await ReadAsync(c => c.Settings.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.Events.CountAsync(Token))).ShouldBe(0);
    }

    [Fact]
    public async Task A_rule_of_the_host_can_refuse_what_the_value_alone_does_not_show()
    {
        static Task<Fault?> Rule(CatalogContext context, SettingDefinition setting, RegionSettings proposed, System.Threading.CancellationToken token) =>
            Task.FromResult(setting.Name == "default_distro_series" && proposed.DefaultDistroSeries != "noble" ? new Fault("not-held", "no") : null);
        var store = new SettingsStore(Catalog, Clock, new RegionSettings(), Rule);

        (await store.SetAsync("default_distro_series", "jammy", Alice, Token))!.Code.ShouldBe("not-held");
        (await store.SetAsync("maas_name", "jammy", Alice, Token)).ShouldBeNull();
        (await store.GetAsync(Token)).DefaultDistroSeries.ShouldBe("noble");
    }

    [Fact]
    public async Task Rows_of_a_newer_version_are_left_alone_and_damaged_ones_are_named()
    {
        await AddAsync(new Setting { Name = "from_the_future", Value = "{}" });
        var store = new SettingsStore(Catalog, Clock, new RegionSettings());
        (await store.GetAsync(Token)).ShouldBe(new RegionSettings());

        await AddAsync(new Setting { Name = "maas_name", Value = "{" });
        var refusal = await Should.ThrowAsync<CatalogException>(() => store.GetAsync(Token));
        refusal.Fault.Code.ShouldBe("setting-damaged");
        refusal.Message.ShouldContain("maas_name");
    }

    [Theory]
    [InlineData("boot_images_auto_import", "false", "false")]
    [InlineData("boot_images_auto_import", "False", "false")]
    [InlineData("boot_images_auto_import", "", "false")]
    [InlineData("boot_images_auto_import", "0", "true")]
    [InlineData("boot_images_import_interval_minutes", "15", "15")]
    [InlineData("boot_images_import_interval_minutes", "soon", "\"soon\"")]
    [InlineData("http_proxy", "", "\"\"")]
    [InlineData("maas_name", "true", "\"true\"")]
    public void Texts_of_forms_are_read_as_MAAS_reads_them(string name, string text, string json) =>
        SettingDefinition.FindOrNull(name)!.FromText(text)!.ToJsonString().ShouldBe(json);

    [Fact]
    public void Some_settings_are_hidden_from_MAAS_clients() =>
        SettingDefinition.All.Where(s => !s.Shown).Select(s => s.Name).ShouldBe(["commissioning_osystem"]);
}
