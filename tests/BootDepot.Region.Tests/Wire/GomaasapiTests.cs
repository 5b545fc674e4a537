using System;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Wire;

/// <summary>The original of one client, unmodified: juju's gomaasapi as Debian has it, against a real server process.</summary>
[Trait("Category", "Slow")]
public sealed class GomaasapiTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gomaasapi_does_all_that_it_can_with_images()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Wire", "gomaasapi");
        var program = _folder["gomaasapi"];
        await Shell.RunAsync(
            $"cd {source} && HOME={_folder.Path} GOFLAGS= GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE={_folder["cache"]} go build -o {program} .");
        await using var mirror = await FakeMirror.StartAsync();
        using var tree = new SignedTree();
        tree.AddUbuntu(mirror);
        tree.Publish(mirror);
        var keyring = _folder["keyring"];
        await File.WriteAllTextAsync(keyring, Convert.ToBase64String(tree.Keyring));
        await using var region = new RegionProcess(_folder["data"]);
        await region.StartAsync();
        var said = await Shell.RunAsync($"{program} {region.Url}MAAS/ {region.AdminKey.Text} {mirror.Url} {keyring}");
        said.ShouldBe("""
            capabilities: true
            bad key refused: true
            priority: 7
            arches: 2
            Import of boot resources started
            image: ubuntu/noble amd64/ga-24.04 Synced true
            default_osystem: ubuntu
            after delete: true

            """);
    }
}
