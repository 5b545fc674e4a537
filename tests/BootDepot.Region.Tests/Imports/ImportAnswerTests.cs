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

    [Fact]
    public async Task An_answer_can_be_waited_for_until_the_end()
    {
        await using var mirror = await FakeMirror.StartAsync();
        using var stream = new SignedTree();
        stream.AddUbuntu(mirror, "noble", "24.04");
        stream.Publish(mirror);
        var opened = new TaskCompletionSource();
        mirror.BeforeBytes = (_, _) => opened.Task;
        await using var region = await RegionFixture.StartAsync();
        (await region.AdminAsync("GET", "imports/current/?wait=25")).Status.ShouldBe(404, "none has run: there is no end to wait for");
        (await region.AdminAsync("POST", "boot-sources/", Seed.Form(("url", mirror.Url), ("keyring_data", Convert.ToBase64String(stream.Keyring))))).Status.ShouldBe(201);
        (await region.AdminAsync("POST", "imports/")).Status.ShouldBe(200);

        foreach (var path in new[] { "imports/current/", "imports/1/" })
        {
            (await StateAsync($"{path}?wait=0.05")).ShouldBe("running");
            var refused = await region.AdminAsync("GET", $"{path}?wait=-1");
            refused.Status.ShouldBe(400);
            refused.Text.ShouldContain("'-1' is not a number of seconds");
        }

        Task<string?>[] ends = [StateAsync("imports/current/?wait=25"), StateAsync("imports/1/?wait=25")];
        opened.SetResult();
        (await Task.WhenAll(ends)).ShouldAllBe(s => s == "done");
        (await StateAsync("imports/1/?wait=25")).ShouldBe("done", "it has ended: there is nothing to wait for");

        async Task<string?> StateAsync(string path) => (await region.AdminAsync("GET", path)).Json.GetProperty("state").GetString();
    }
}
