using System;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Tests.Racks;

/// <summary>The region's side of racks, seen by a rack and by an administrator.</summary>
public sealed class RackApiTests : IAsyncLifetime
{
    private RegionFixture _region = null!;

    public async ValueTask InitializeAsync() => _region = await RegionFixture.StartAsync();

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task A_token_lets_one_rack_in_and_shows_the_key_that_signs_the_stream()
    {
        var token = await TokenAsync();
        var enrolment = await EnrolAsync(token, "rack1");
        Keyring.Parse(enrolment.Keyring).Keys.Single().Fingerprint.Hex.ShouldBe(RackToken.Parse(token).Fingerprint);
        enrolment.Name.ShouldBe("rack1");

        var again = await PostAsync("rack/enrolment/", new RackEnrolmentRequest { Token = token, Hostname = "thief" }, RackWire.Default.RackEnrolmentRequest, null);
        again.Status.ShouldBe(403);
        again.Json.GetProperty("code").GetString().ShouldBe("rack-token-refused");
        var second = await EnrolAsync(await TokenAsync(), "rack1");
        second.Name.ShouldBe("rack1-2");
    }

    [Fact]
    public async Task An_expired_token_lets_nobody_in()
    {
        var clock = new BootDepot.Testing.ManualClock(DateTimeOffset.UtcNow);
        await using var region = await RegionFixture.StartAsync(o => o with { Time = clock });
        var token = (await region.AdminAsync("POST", "racks/?op=create_token", Seed.Form(("hours", "1")))).Json.GetProperty("token").GetString()!;
        clock.Advance(TimeSpan.FromMinutes(61));
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new RackEnrolmentRequest { Token = token, Hostname = "late" }, RackWire.Default.RackEnrolmentRequest));
        (await region.SendAsync("POST", "rack/enrolment/", null, body)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_racks_key_opens_its_own_endpoints_and_nothing_else()
    {
        var rack = await EnrolAsync(await TokenAsync(), "rack1");
        (await GetAsync("rack/configuration/", rack.Key)).Status.ShouldBe(200);
        (await GetAsync("boot-sources/", rack.Key)).Status.ShouldBe(401);
        (await GetAsync("racks/", rack.Key)).Status.ShouldBe(401);
        (await GetAsync("rack/configuration/", rack.SystemId + ".wrong")).Status.ShouldBe(401);
        (await _region.AdminAsync("GET", "rack/configuration/")).Status.ShouldBe(401);
        (await _region.AdminAsync("DELETE", $"racks/{rack.SystemId}/")).Status.ShouldBe(204);
        (await GetAsync("rack/configuration/", rack.Key)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_rack_that_waits_is_told_of_a_new_image_an_assignment_and_a_wish_to_import_at_once()
    {
        var rack = await EnrolAsync(await TokenAsync(), "rack1");
        var first = await GetAsync("rack/configuration/?wait=20", rack.Key);
        var etag = first.Header("ETag")!;
        foreach (var change in new Func<Task>[]
        {
            async () =>
            {
                await Seed.SyncedAsync(_region);
                _region.Get<BootDepot.Region.Changes.ChangeSignal>().Raise();
            },
            () => _region.AdminAsync("POST", "boot-assignments/", Seed.Form(("target", "52:54:00:AA:BB:01"), ("mode", "ephemeral"), ("image", "ubuntu/noble"))),
            () => _region.AdminAsync("POST", "rackcontrollers/?op=import_boot_images"),
            () => _region.AdminAsync("PUT", $"racks/{rack.SystemId}/", Seed.Form(("mode", "on-demand"), ("disk_limit", "1000000"))),
        })
        {
            var waiting = GetAsync("rack/configuration/?wait=20", rack.Key, etag);
            (await Task.WhenAny(waiting, Task.Delay(200))).ShouldNotBe(waiting);
            var clock = Stopwatch.StartNew();
            await change();
            var answer = await waiting;
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10), "less than a second as a rule; it would wait for twenty");
            answer.Status.ShouldBe(200);
            answer.Header("ETag").ShouldNotBe(etag);
            etag = answer.Header("ETag")!;
        }

        var configuration = JsonSerializer.Deserialize((await GetAsync("rack/configuration/", rack.Key)).Body, RackWire.Default.RackConfiguration)!;
        configuration.Policy.Mode.ShouldBe(RackMode.OnDemand);
        configuration.Policy.DiskLimit.ShouldBe(1000000);
        configuration.ImportRequests.ShouldBe(1);
        configuration.Assignments.Single().Machine.ShouldBe(MacAddress.Parse("52:54:00:aa:bb:01"));
        (await GetAsync("rack/configuration/?wait=0", rack.Key, etag)).Status.ShouldBe(304);
    }

    [Fact]
    public async Task What_a_rack_reports_is_what_the_old_commands_answer()
    {
        await Seed.SyncedAsync(_region);
        var rack = await EnrolAsync(await TokenAsync(), "rack1");
        var uuid = (await _region.UserAsync("GET", $"racks/{rack.SystemId}/")).Json.GetProperty("uuid").GetString();
        (await _region.AdminAsync("GET", $"rackcontrollers/{rack.SystemId}/?op=list_boot_images"))
            .ShouldBeJson(200, """{"images": [], "connected": true, "status": "unknown"}""");
        (await _region.UserAsync("GET", $"/MAAS/api/1.0/nodegroups/{uuid}/boot-images/")).Status.ShouldBe(503);

        var stream = JsonSerializer.Deserialize((await GetAsync("rack/configuration/", rack.Key)).Body, RackWire.Default.RackConfiguration)!.Stream;
        await ReportAsync(rack, Report(stream, State("syncing") with { FilesHeld = 1 }));
        Status(rack, await ListImagesAsync(rack)).ShouldBe("syncing");
        var detail = (await _region.UserAsync("GET", "racks/rack1/")).Json;
        detail.GetProperty("images")[0].GetProperty("files_held").GetInt32().ShouldBe(1);

        await ReportAsync(rack, Report(stream, State("failed") with { Fault = new Fault("transfer-not-found", "It is gone.") }));
        Status(rack, await ListImagesAsync(rack)).ShouldBe("out-of-sync");

        await ReportAsync(rack, Report(stream, State("synced")));
        (await ListImagesAsync(rack)).ShouldBeJson(
            200,
            """{"images": [{"name": "ubuntu/noble", "architecture": "amd64", "subarches": ["ga-24.04", "generic"]}], "connected": true, "status": "synced"}""");
        var old = (await _region.UserAsync("GET", $"/MAAS/api/1.0/nodegroups/{uuid}/boot-images/")).Json.EnumerateArray().ToList();
        old.Select(i => i.GetProperty("purpose").GetString()).ShouldBe(["commissioning", "install", "xinstall", "diskless"]);
        old[0].GetProperty("subarchitecture").GetString().ShouldBe("ga-24.04");
        var groups = (await _region.SendAsync("GET", "/MAAS/api/1.0/nodegroups/?op=list")).Json;
        groups[0].GetProperty("uuid").GetString().ShouldBe(uuid);
        (await _region.AdminAsync("POST", $"/MAAS/api/1.0/nodegroups/{uuid}/?op=import_boot_images")).Text
            .ShouldBe($"Import of boot images started on cluster u'{uuid}'");

        // A report that answers to an older state of the stream is no longer the whole truth.
        await ReportAsync(rack, Report("older", State("synced")));
        Status(rack, await ListImagesAsync(rack)).ShouldBe("out-of-sync");
    }

    [Fact]
    public async Task A_rack_that_is_not_heard_of_is_not_connected()
    {
        var clock = new BootDepot.Testing.ManualClock(DateTimeOffset.UtcNow);
        await using var region = await RegionFixture.StartAsync(o => o with { Time = clock });
        var token = (await region.AdminAsync("POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new RackEnrolmentRequest { Token = token, Hostname = "rack1" }, RackWire.Default.RackEnrolmentRequest));
        (await region.SendAsync("POST", "rack/enrolment/", null, body)).Status.ShouldBe(200);
        (await region.UserAsync("GET", "racks/")).Json[0].GetProperty("connected").GetBoolean().ShouldBeTrue();
        clock.Advance(TimeSpan.FromMinutes(4)); // less than what makes a signature too old
        (await region.UserAsync("GET", "racks/")).Json[0].GetProperty("connected").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Boot_records_are_kept_once_and_a_finished_installation_makes_the_machine_boot_its_disk()
    {
        var rack = await EnrolAsync(await TokenAsync(), "rack1");
        var mac = MacAddress.Parse("52:54:00:aa:bb:02");
        (await _region.AdminAsync("POST", "boot-assignments/", Seed.Form(("target", mac.ToString()), ("mode", "install"), ("image", "custom/web")))).Status.ShouldBe(200);
        var record = new BootRecord
        {
            Id = Guid.NewGuid(), Machine = mac, Address = "10.0.0.5", Started = DateTimeOffset.UtcNow, Ended = DateTimeOffset.UtcNow, Result = "installing",
            Mode = BootMode.Install, Steps = [new BootStep(DateTimeOffset.UtcNow, "http", "/x", "kernel", Digest.Parse(new string('a', 64)), 17, "served")],
        };
        (await SendRecordsAsync(rack, record)).Status.ShouldBe(204);
        (await SendRecordsAsync(rack, record with { Result = "installed" })).Status.ShouldBe(204);
        var page = (await _region.UserAsync("GET", $"boot-records/?machine={mac.Dashed}")).Json;
        page.GetProperty("count").GetInt32().ShouldBe(1);
        var kept = page.GetProperty("records")[0];
        kept.GetProperty("result").GetString().ShouldBe("installed");
        kept.GetProperty("steps")[0].GetProperty("digest").GetString().ShouldBe(new string('a', 64));
        (await _region.UserAsync("GET", $"boot-assignments/{mac}/")).Json.GetProperty("mode").GetString().ShouldBe("local");

        // Assigned again later: an old record that comes once more changes nothing.
        (await _region.AdminAsync("POST", "boot-assignments/", Seed.Form(("target", mac.ToString()), ("mode", "install"), ("image", "custom/web")))).Status.ShouldBe(200);
        (await SendRecordsAsync(rack, record with { Result = "installed" })).Status.ShouldBe(204);
        (await _region.UserAsync("GET", $"boot-assignments/{mac}/")).Json.GetProperty("mode").GetString().ShouldBe("install");
    }

    [Theory]
    [InlineData("target", "not a mac")]
    [InlineData("mode", "explode")]
    [InlineData("image", "")]
    [InlineData("disk", "/etc/../dev/vda")]
    [InlineData("kernel_parameters", "a\nb")]
    public async Task An_assignment_that_cannot_be_is_refused_with_the_field(string field, string value)
    {
        var fields = new (string Key, string Value)[] { ("target", "amd64"), ("mode", "install"), ("image", "custom/web"), ("disk", "/dev/vda"), ("kernel_parameters", "quiet") };
        var reply = await _region.AdminAsync("POST", "boot-assignments/", Seed.Form([.. fields.Select(f => f.Key == field ? (field, value) : f)]));
        reply.Status.ShouldBe(400);
        reply.Json.EnumerateObject().Single().Name.ShouldBe(field);
    }

    private static RackReport Report(string stream, RackImageState image) =>
        new() { Version = "1.2.3", Url = "http://10.0.0.9:5248/", Stream = stream, Images = [image], DiskFree = 5, DiskUsed = 4 };

    private static RackImageState State(string state) => new()
    {
        Name = "ubuntu/noble", Architecture = "amd64/ga-24.04", Subarches = ["generic"], Label = "stable", Version = "20260115",
        State = state, Files = 3, Bytes = 100,
    };

    private static string? Status(RackEnrolment rack, Reply reply) => reply.Json.GetProperty("status").GetString();

    private Task<Reply> ListImagesAsync(RackEnrolment rack) => _region.AdminAsync("GET", $"rackcontrollers/{rack.SystemId}/?op=list_boot_images");

    private async Task<string> TokenAsync() => (await _region.AdminAsync("POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;

    private async Task<RackEnrolment> EnrolAsync(string token, string hostname)
    {
        var request = new RackEnrolmentRequest { Token = token, Hostname = hostname, Version = "1.2.3" };
        var reply = await PostAsync("rack/enrolment/", request, RackWire.Default.RackEnrolmentRequest, null);
        reply.Status.ShouldBe(200);
        return JsonSerializer.Deserialize(reply.Body, RackWire.Default.RackEnrolment)!;
    }

    private async Task ReportAsync(RackEnrolment rack, RackReport report) =>
        (await PostAsync("rack/report/", report, RackWire.Default.RackReport, rack.Key)).Status.ShouldBe(204);

    private Task<Reply> SendRecordsAsync(RackEnrolment rack, BootRecord record) =>
        PostAsync("rack/boot-records/", (System.Collections.Generic.IReadOnlyList<BootRecord>)[record], RackWire.Default.IReadOnlyListBootRecord, rack.Key);

    private Task<Reply> PostAsync<T>(string path, T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string? key) =>
        SendAsync(HttpMethod.Post, path, key, null, new StringContent(JsonSerializer.Serialize(body, type), Encoding.UTF8, "application/json"));

    private Task<Reply> GetAsync(string path, string? key, string? known = null) => SendAsync(HttpMethod.Get, path, key, known, null);

    private async Task<Reply> SendAsync(HttpMethod method, string path, string? key, string? known, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, "/MAAS/api/2.0/" + path) { Content = body };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        using var response = await _region.Http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }
}
