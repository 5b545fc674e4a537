using System;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client;
using BootDepot.Region.Hosting;
using BootDepot.Testing;
using Microsoft.Extensions.Logging;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>A region of our own, as it runs, and a home folder whose profile <c>admin</c> leads to it.</summary>
public sealed class RunningRegion : IAsyncLifetime
{
    private readonly TempFolder _data = new();
    private RegionHost? _host;

    public string Url => new Uri(_host!.Url, "/MAAS/").AbsoluteUri;

    public string Key { get; private set; } = "";

    internal Cli Cli { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegionHost.StartAsync(
            new RegionOptions
            {
                DataDirectory = _data["region"], Url = "http://127.0.0.1:0", DefaultSource = null, AutoImport = false,
                Logging = logging => logging.AddProvider(new SecretWatch()),
            },
            CancellationToken.None);
        Key = _host.FirstKey!.Text;
        SecretWatch.Know("key of admin", _host.FirstKey.Secret);
        SecretWatch.Know("first sign-in", _host.FirstSignInUrl?.Fragment.Split('=')[^1]);
        Cli = new Cli();
        (await Cli.RunAsync("login", "admin", Url, Key)).Code.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        Cli.Dispose();
        await _host!.DisposeAsync();
        _data.Dispose();
        SecretWatch.Check();
    }
}

/// <summary>The command line and the client library against a real region: lines 1, 2 and 9 of A15, and table C1.</summary>
public sealed class RegionTests(RunningRegion region) : IClassFixture<RunningRegion>
{
    private const int Chunk = 4 * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Cli Cli => region.Cli;

    [Theory]
    [MemberData(nameof(PackerMatrix.Commands), MemberType = typeof(PackerMatrix))]
    public async Task Each_command_of_the_packer_templates_succeeds_in_silence(
        string file, string name, string title, string filetype, string baseImage, string architecture)
    {
        Cli.WriteFile(file, Templates.Content(filetype));
        var result = await Cli.RunAsync(Templates.Command("admin", file, name, title, filetype, baseImage, architecture));
        result.ShouldBe(new CliResult(0, "", ""));
        using var client = await MaasClient.ConnectAsync(region.Url, region.Key, cancellationToken: Ct);
        var made = (await client.BootResources.ListAsync(BootResourceType.Uploaded, cancellationToken: Ct))
            .Single(r => r.Name == name && r.Architecture == architecture);
        made.Title.ShouldBe(title);
        await made.RefreshAsync(Ct);
        made.LatestSet!.Complete.ShouldBeTrue();
    }

    [Fact]
    public async Task The_old_Windows_command_with_the_wrong_type_is_told_the_right_one_before_a_byte_is_sent()
    {
        Cli.WriteFile("windows-server-amd64-root-dd.gz", Templates.Content("ddgz"));
        string[] Typed(string filetype) =>
            Templates.Command("admin", "windows-server-amd64-root-dd.gz", "windows/windows-server-old", "Windows Server", filetype, "", "amd64/generic");
        var refused = await Cli.RunAsync(Typed("ddtgz"));
        (refused.Code, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldContain("ddgz");
        (await Cli.RunAsync("admin", "boot-resources", "read")).Out.ShouldNotContain("windows-server-old");
        // Sent nevertheless, it is found out by the region.
        var forced = await Cli.RunAsync([.. Typed("ddtgz"), "--force"]);
        forced.Code.ShouldBe(2);
        forced.Out.ShouldContain("ddgz");
        (await Cli.RunAsync(Typed("ddgz"))).ShouldBe(new CliResult(0, "", ""));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    public async Task Line_1_files_of_each_size_are_taken(int size)
    {
        Cli.WriteFile("image", RandomNumberGenerator.GetBytes(size));
        var name = string.Create(CultureInfo.InvariantCulture, $"custom/size-{size}");
        (await Cli.RunAsync("admin", "boot-resources", "create", "name=" + name, "architecture=amd64/generic", "content@=image"))
            .ShouldBe(new CliResult(0, "", ""));
        using var list = JsonDocument.Parse((await Cli.RunAsync("admin", "boot-resources", "read", "type=uploaded")).Out);
        var id = list.RootElement.EnumerateArray().Single(r => r.GetProperty("name").GetString() == name).GetProperty("id").GetInt32();
        var read = await Cli.RunAsync("admin", "boot-resource", "read", id.ToString(CultureInfo.InvariantCulture));
        read.Out.ShouldContain("\"complete\": true");
        (await Cli.RunAsync("admin", "boot-resource", "delete", id.ToString(CultureInfo.InvariantCulture))).ShouldBe(new CliResult(0, "", ""));
    }

    [Fact]
    public async Task Line_2_sources_selections_settings_and_imports_work_as_typed()
    {
        async Task<string> OkAsync(params string[] words)
        {
            var result = await Cli.RunAsync(["admin", .. words]);
            result.Code.ShouldBe(0, $"{string.Join(' ', words)}: {result.Out} {result.Error}");
            result.Error.ShouldBeEmpty();
            return result.Out;
        }

        Cli.WriteFile("key.gpg", [0x99, 1, 2]);
        var created = await OkAsync("boot-sources", "create", "url=http://127.0.0.1:9/stream/", "keyring_data@=key.gpg");
        using var source = JsonDocument.Parse(created);
        var id = source.RootElement.GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture);
        source.RootElement.GetProperty("keyring_data").GetString().ShouldBe("mQEC");
        (await OkAsync("boot-source", "read", id)).ShouldBe(created);
        (await OkAsync("boot-source", "update", id, "name=mine")).ShouldContain("\"mine\"");
        (await OkAsync("boot-sources", "read")).ShouldContain("\"mine\"");
        (await OkAsync("boot-source-selections", "read", id)).ShouldBe("[]");
        var refused = await Cli.RunAsync("admin", "boot-source-selections", "create", id, "os=ubuntu", "release=foo");
        refused.Code.ShouldBe(2);
        refused.Out.ShouldContain("has no available images for download");
        (await OkAsync("boot-resources", "is-importing")).ShouldBe("false");
        (await OkAsync("boot-resources", "stop-import")).ShouldBe("Import of boot resources is being stopped");
        (await OkAsync("maas", "get-config", "name=boot_images_auto_import")).ShouldBe("true");
        (await OkAsync("maas", "set-config", "name=http_proxy", "value=http://p:3128/")).ShouldBe("OK");
        (await OkAsync("maas", "set-config", "name=http_proxy", "value=")).ShouldBe("OK");
        (await OkAsync("rack-controllers", "read")).ShouldBe("[]");
        (await OkAsync("users", "whoami")).ShouldContain("\"username\"");
        (await OkAsync("account", "list-authorisation-tokens")).ShouldContain(region.Key);
        (await OkAsync("boot-source", "delete", id)).ShouldBeEmpty();
        var missing = await Cli.RunAsync("admin", "boot-source", "read", id);
        missing.ShouldBe(new CliResult(2, "No BootSource matches the given query.", ""));
    }

    [Fact]
    public async Task Line_9_an_interrupted_upload_sends_only_the_rest()
    {
        var bytes = RandomNumberGenerator.GetBytes(4 * Chunk);
        Cli.WriteFile("large", bytes);
        using var client = await MaasClient.ConnectAsync(region.Url, region.Key, cancellationToken: Ct);
        using var stop = new CancellationTokenSource();
        var upload = new BootResourceUpload
        {
            Name = "custom/interrupted", Architecture = "amd64/generic", Content = UploadContent.FromBytes(bytes),
        };
        await Should.ThrowAsync<OperationCanceledException>(() =>
            client.BootResources.CreateAsync(upload, new StopAt(2 * Chunk, stop), stop.Token));
        var unfinished = await client.BootResources.FindUnfinishedAsync(
            upload.Name, upload.Architecture, new ContentDigest(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), Ct);
        unfinished!.Offset.ShouldBeInRange(Chunk, 3 * Chunk);
        var cli = await Cli.RunAsync("admin", "boot-resources", "create", "name=custom/interrupted", "architecture=amd64/generic", "content@=large");
        cli.ShouldBe(new CliResult(0, "", ""));
        var resource = await client.BootResources.GetAsync(unfinished.ResourceId, Ct);
        resource.LatestSet!.Complete.ShouldBeTrue();
        resource.Sets!.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_library_does_its_rounds_against_a_region()
    {
        using var client = await MaasClient.ConnectAsync(region.Url, region.Key, cancellationToken: Ct);
        (await client.GetVersionAsync(Ct)).CanLogIn.ShouldBeTrue();
        var source = await client.BootSources.CreateAsync(new BootSourceSpec { Url = "http://127.0.0.1:9/other/", KeyringData = new byte[] { 1, 2 } }, Ct);
        source.Created.ShouldNotBeNull();
        source.Name = "other";
        source.Priority = 9;
        await source.SaveAsync(Ct);
        (await client.BootSources.GetAsync(source.Id, Ct)).Priority.ShouldBe(9);
        (await client.BootSourceSelections.ListAsync(source, Ct)).ShouldBeEmpty();
        await source.DeleteAsync(Ct);
        (await client.BootSources.FindAsync(source.Id, Ct)).ShouldBeNull();
        var key = await client.Account.CreateKeyAsync("ci", Ct);
        using (var other = await MaasClient.ConnectAsync(region.Url, key.Key.Reveal(), cancellationToken: Ct))
            await other.LogoutAsync(Ct);
        await Should.ThrowAsync<MaasLoginException>(() => MaasClient.ConnectAsync(region.Url, key.Key.Reveal(), cancellationToken: Ct));
    }

    private sealed class StopAt(long bytes, CancellationTokenSource stop) : IProgress<UploadProgress>
    {
        public void Report(UploadProgress value)
        {
            if (value.Phase == UploadPhase.Uploading && value.BytesSent >= bytes)
                stop.Cancel();
        }
    }
}
