using System;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Imports;

/// <summary>What the API tells of a run.</summary>
public sealed class ImportAnswerTests
{
    [Fact]
    public async Task Files_are_told_all_or_only_those_in_the_states_that_are_asked_for()
    {
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        stream.AddUbuntu(mirror, "noble", "24.04");
        stream.Publish(mirror);
        await using var region = await RegionFixture.StartAsync();
        (await region.AdminAsync("POST", "boot-sources/", Seed.Form(("url", mirror.Url), ("keyring_data", Convert.ToBase64String(stream.Keyring))))).Status.ShouldBe(201);
        (await region.AdminAsync("POST", "imports/")).Status.ShouldBe(200);
        while ((await region.AdminAsync("GET", "boot-resources/?op=is_importing")).Text != "false")
            await Task.Delay(20);

        var all = await StatesAsync("imports/current/");
        all.ShouldNotBeEmpty();
        all.ShouldAllBe(s => s == "stored");
        (await StatesAsync("imports/current/?files=waiting")).ShouldBeEmpty();
        (await StatesAsync("imports/current/?files=waiting&files=stored")).ShouldBe(all);
        (await StatesAsync("imports/1/?files=failed")).ShouldBeEmpty();

        foreach (var path in new[] { "imports/current/?files=some", "imports/1/?files=some" })
        {
            var refused = await region.AdminAsync("GET", path);
            refused.Status.ShouldBe(400);
            refused.Text.ShouldContain("'some' is not understood: files are queued, fetching, waiting, stored, failed.");
        }

        async Task<string?[]> StatesAsync(string path) =>
            [.. (await region.AdminAsync("GET", path)).Json.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("state").GetString())];
    }
}
