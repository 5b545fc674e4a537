using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Publishing;

/// <summary>The stream's key is replaced, and no client that has fetched the keyring since the announcement fails.</summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task Both_verifiers_accept_every_generation_with_every_keyring_since_the_announcement()
    {
        using var folder = new TempFolder();
        await using var region = await RegionFixture.StartAsync();
        await Seed.SyncedAsync(region);
        var key = new DataFolder(region.DataDirectory).StreamKey;
        var keyrings = new List<string>();
        await SaveAsync(region, folder, 0);
        StreamKeys.Announce(key, SigningKeyKind.Ed25519, DateTimeOffset.UtcNow).ShouldBeOfType<Outcome<string>.Done>();
        StreamKeys.Announce(key, SigningKeyKind.Ed25519, DateTimeOffset.UtcNow).ShouldBeOfType<Outcome<string>.Refused>();
        await region.RestartAsync();
        keyrings.Add(await SaveAsync(region, folder, 1));
        StreamKeys.Switch(key).ShouldBeOfType<Outcome<string>.Done>();
        StreamKeys.Switch(key).ShouldBeOfType<Outcome<string>.Refused>();
        await region.RestartAsync();
        keyrings.Add(await SaveAsync(region, folder, 2));
        for (var generation = 0; generation <= 2; generation++)
        {
            foreach (var keyring in keyrings)
                await VerifyAsync(folder, generation, keyring);
        }

        StreamKeys.DropFormer(key).ShouldBeTrue();
        await region.RestartAsync();
        await VerifyAsync(folder, 2, await SaveAsync(region, folder, 3));
        await Should.ThrowAsync<InvalidOperationException>(VerifyAsync(folder, 1, folder["keyring3.gpg"]));
    }

    private static async Task<string> SaveAsync(RegionFixture region, TempFolder folder, int generation)
    {
        const string streams = "/MAAS/images-stream/streams/v1/";
        foreach (var (path, name) in new[] { ("index.json", "json"), ("index.json.gpg", "json.gpg"), ("index.sjson", "sjson"), ("keyring.gpg", "gpg") })
        {
            var reply = await region.SendAsync("GET", streams + path);
            reply.Status.ShouldBe(200);
            await File.WriteAllBytesAsync(folder[name == "gpg" ? $"keyring{generation}.gpg" : $"index{generation}.{name}"], reply.Body);
        }

        return folder[$"keyring{generation}.gpg"];
    }

    private static async Task VerifyAsync(TempFolder folder, int generation, string keyring)
    {
        var index = folder[$"index{generation}"];
        await Shell.RunAsync($"gpgv --keyring '{keyring}' '{index}.sjson'");
        await Shell.RunAsync($"gpgv --keyring '{keyring}' '{index}.json.gpg' '{index}.json'");
        await Shell.RunAsync($"sqv --keyring '{keyring}' '{index}.json.gpg' '{index}.json'");
    }
}
