using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Racks;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Publishing;

/// <summary>The stream's key is replaced, and no client that has fetched the keyring since the announcement fails.</summary>
public sealed class KeyRotationTests
{
    private const string Streams = "/MAAS/images-stream/streams/v1/";

    private readonly ConcurrentDictionary<string, bool> _signers = new(StringComparer.Ordinal);
    private int _read;

    [Fact]
    public async Task Both_verifiers_accept_every_generation_with_every_keyring_since_the_announcement()
    {
        using var folder = new TempFolder();
        await using var region = await RegionFixture.StartAsync();
        await Seed.SyncedAsync(region);
        var key = new DataFolder(region.DataDirectory).StreamKey;
        var keyrings = new List<string>();
        var views = await MakeViewsAsync(region);
        await SaveAsync(region, folder, 0, views);
        StreamKeys.Announce(key, SigningKeyKind.Ed25519, DateTimeOffset.UtcNow).ShouldBeOfType<Outcome<string>.Done>();
        StreamKeys.Announce(key, SigningKeyKind.Ed25519, DateTimeOffset.UtcNow).ShouldBeOfType<Outcome<string>.Refused>();
        await region.RestartAsync();
        keyrings.Add(await SaveAsync(region, folder, 1, views));
        StreamKeys.Switch(key).ShouldBeOfType<Outcome<string>.Done>();
        StreamKeys.Switch(key).ShouldBeOfType<Outcome<string>.Refused>();
        await region.RestartAsync();
        keyrings.Add(await SaveAsync(region, folder, 2, views));
        for (var generation = 0; generation <= 2; generation++)
        {
            foreach (var keyring in keyrings)
                await VerifyAsync(folder, generation, keyring);
        }

        // Who has nothing but the keyring before the announcement can read all up to the succession, and the keyring that tells of it.
        await VerifyAsync(folder, 0, folder["keyring0.gpg"]);
        await VerifyAsync(folder, 1, folder["keyring0.gpg"]);
        await Shell.RunAsync($"gpgv --keyring '{folder["keyring0.gpg"]}' '{folder["keyring1.sjson"]}'");
        await File.WriteAllBytesAsync(folder["former.sjson"], (await region.SendAsync("GET", "/MAAS/images-stream/" + KeyringDocument.FormerPath)).Body);
        await Shell.RunAsync($"gpgv --keyring '{folder["keyring0.gpg"]}' '{folder["former.sjson"]}'");
        StreamKeys.DropFormer(key).ShouldBeTrue();
        await region.RestartAsync();
        await VerifyAsync(folder, 2, await SaveAsync(region, folder, 3, views));
        await Should.ThrowAsync<InvalidOperationException>(VerifyAsync(folder, 1, folder["keyring3.gpg"]));
    }

    [Fact]
    public async Task While_keys_are_replaced_live_every_answer_verifies_with_every_keyring_since_the_announcement()
    {
        await using var region = await RegionFixture.StartAsync();
        await Seed.SyncedAsync(region);
        (await region.AdminAsync("POST", "stream-keys/?op=announce")).Status.ShouldBe(200);
        var announced = Keyring.Parse((await region.SendAsync("GET", Streams + "keyring.gpg")).Body);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadAsync(region, announced, stop.Token))).ToList();
        await UntilAsync(() => _read > 20);
        (await region.AdminAsync("POST", "stream-keys/?op=switch")).Status.ShouldBe(200);
        await UntilAsync(() => _signers.Count == 2 && _read > 60);
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        _signers.Count.ShouldBe(2, "both keys signed something that was read");

        async Task UntilAsync(Func<bool> condition)
        {
            while (!condition() && readers.TrueForAll(r => !r.IsCompleted))
                await Task.Delay(10);
        }
    }

    private async Task ReadAsync(RegionFixture region, Keyring announced, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var document = (await region.SendAsync("GET", Streams + "index.sjson")).Body;
            _signers.TryAdd(ClearSignedText.Verify(document, announced, new VerificationPolicy(DateTimeOffset.UtcNow)).Signature.Key.Hex, true);
            Interlocked.Increment(ref _read);
        }
    }

    // A public view and a private one, by where they are: their documents are signed as the region's own.
    private static async Task<IReadOnlyDictionary<string, string>> MakeViewsAsync(RegionFixture region)
    {
        await region.AdminAsync("POST", "views/", Seed.Form(("name", "open"), ("images", "*/*")));
        await region.AdminAsync("POST", "views/", Seed.Form(("name", "closed"), ("images", "*/*"), ("private", "true")));
        var token = (await region.AdminAsync("POST", "views/closed/?op=create_token", Seed.Form(("token_name", "site")))).Json.GetProperty("token").GetString()!;
        SecretWatch.Know("token of a view", token);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["index"] = Streams,
            ["open"] = "/MAAS/images-stream/views/open/streams/v1/",
            ["closed"] = $"/MAAS/images-stream/private/{token}/streams/v1/",
        };
    }

    private static async Task<string> SaveAsync(RegionFixture region, TempFolder folder, int generation, IReadOnlyDictionary<string, string> streams)
    {
        await File.WriteAllBytesAsync(folder[$"keyring{generation}.sjson"], (await region.SendAsync("GET", "/MAAS/images-stream/" + KeyringDocument.Path)).Body);
        foreach (var (stream, root) in streams)
        {
            foreach (var ending in new[] { "json", "json.gpg", "sjson" })
                await File.WriteAllBytesAsync(folder[$"{stream}{generation}.{ending}"], await GetAsync(region, root + "index." + ending));
            // The documents that the index leads to, too.
            var products = DocumentReader.ReadIndex(await GetAsync(region, root + "index.json")).Entries.Values.First().PathText!;
            await File.WriteAllBytesAsync(
                folder[$"{stream}-products{generation}.sjson"], await GetAsync(region, root + Path.ChangeExtension(products, ".sjson")["streams/v1/".Length..]));
        }

        var keyring = await GetAsync(region, Streams + "keyring.gpg");
        foreach (var root in streams.Values)
            (await GetAsync(region, root + "keyring.gpg")).ShouldBe(keyring);
        await File.WriteAllBytesAsync(folder[$"keyring{generation}.gpg"], keyring);
        return folder[$"keyring{generation}.gpg"];
    }

    private static async Task<byte[]> GetAsync(RegionFixture region, string path)
    {
        var reply = await region.SendAsync("GET", path);
        reply.Status.ShouldBe(200, path);
        return reply.Body;
    }

    private static async Task VerifyAsync(TempFolder folder, int generation, string keyring)
    {
        foreach (var stream in new[] { "index", "open", "closed" })
        {
            var index = folder[$"{stream}{generation}"];
            await Shell.RunAsync($"gpgv --keyring '{keyring}' '{index}.sjson'");
            await Shell.RunAsync($"gpgv --keyring '{keyring}' '{folder[$"{stream}-products{generation}.sjson"]}'");
            await Shell.RunAsync($"gpgv --keyring '{keyring}' '{index}.json.gpg' '{index}.json'");
            await Shell.RunAsync($"sqv --keyring '{keyring}' '{index}.json.gpg' '{index}.json'");
        }
    }
}
