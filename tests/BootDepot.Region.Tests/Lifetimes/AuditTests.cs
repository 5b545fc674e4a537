using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Catalog.Uploads;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Images.Racks;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Lifetimes;
using BootDepot.Region.Sessions;
using BootDepot.Region.Tests.Api;
using BootDepot.Region.Tests.Uploads;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>Who did what: every change leaves an event, the trail can be taken away, and it tells where booted bytes came from.</summary>
public sealed class AuditTests
{
    // Declared with a method that changes, but changing nothing that anybody could have done otherwise.
    private static readonly string[] NoChange =
    [
        "POST /MAAS/api/2.0/plan/ preview", // foretells
        "POST /MAAS/api/2.0/boot-sources/ validate", // tries
        "POST /MAAS/api/2.0/rack/report/ -", // what a rack holds, many times an hour
        "POST /MAAS/api/2.0/rack/boot-records/ -", // a record itself
    ];

    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private LifetimeFixture _f = null!;

    private RegionFixture Region => _f.Region;

    [Fact]
    public async Task Every_declared_change_leaves_an_event_with_who_from_where_before_and_after()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        _f = f;
        await f.ImportAsync();
        await PeopleAsync();
        await SourcesAsync();
        await RacksAsync();
        await ImagesAsync();
        await UploadsAsync(ApiVersion.Two);
        await UploadsAsync(ApiVersion.One);
        await OperationsAsync();
        var declared = Region.Get<ApiRoutes>().All
            .SelectMany(h => h.Actions.Where(a => a.Method is not ("GET" or "HEAD")).Select(a => AccessTable.KeyOf(a.Method, h.FullPath, a.Op)));
        declared.Except(NoChange, StringComparer.Ordinal).Except(_done, StringComparer.Ordinal).ShouldBeEmpty("these changes are not tried here");
    }

    [Fact]
    public async Task The_trail_is_exported_as_JSON_lines_page_by_page_and_forgotten_when_the_setting_says()
    {
        await using var region = await RegionFixture.StartAsync();
        for (var i = 0; i < 7; i++)
            await region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "maas_name"), ("value", $"name {i}")));
        var all = (await region.AdminAsync("GET", "events/")).Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("id").GetInt64()).Reverse().ToList();
        var exported = new List<long>();
        while (true)
        {
            var page = await region.AdminAsync("GET", string.Create(CultureInfo.InvariantCulture, $"events/?op=export&limit=3&after={exported.LastOrDefault()}"));
            page.ContentType.ShouldBe("application/x-ndjson");
            var lines = page.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            if (lines.Count == 0)
                break;
            exported.AddRange(lines.Select(l => l.GetProperty("id").GetInt64()));
        }

        exported.ShouldBe(all);
        await region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "audit_keep_days"), ("value", "1")));
        await region.Get<CatalogDatabase>().ChangeAsync(
            (db, cancel) => db.Events.Where(e => e.Id <= all[3]).ExecuteUpdateAsync(e => e.SetProperty(x => x.At, DateTimeOffset.UtcNow.AddDays(-2)), cancel), default);
        await region.Get<AuditRetention>().RunAsync(default);
        (await region.AdminAsync("GET", "events/?op=export&limit=1")).Json.GetProperty("id").GetInt64().ShouldBe(all[4]);
    }

    [Fact]
    public async Task Refused_sign_ins_are_told_and_a_flood_of_them_is_few_entries()
    {
        await using var region = await RegionFixture.StartAsync();
        var trail = region.Get<SignInTrail>();
        async Task<List<JsonElement>> ToldAsync() =>
            [.. (await region.AdminAsync("GET", "events/?limit=1000")).Json.GetProperty("events").EnumerateArray().Where(e => e.GetProperty("action").GetString() == "session.refuse")];

        (await region.SendAsync("POST", "session/", body: Seed.Form(("username", "joe"), ("password", "wrong")))).Status.ShouldBe(403);
        (await region.SendAsync("POST", "/MAAS/accounts/authenticate/", body: Seed.Form(("username", "hunter2, by mistake"), ("password", "x")))).Status.ShouldBe(403);
        var told = await ToldAsync();
        told.ConvertAll(e => (e.GetProperty("subject").GetString(), e.GetProperty("actor").GetString(), e.GetProperty("origin").GetString()))
            .ShouldBe([("user/unknown", "unknown", "127.0.0.1"), ("user/joe", "joe", "127.0.0.1")]);

        for (var i = 0; i < 200; i++)
            await trail.RefusedAsync("joe", string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i}"), default);
        // The flood may have lasted into another minute, or on a busy machine into a third.
        (await ToldAsync()).Count.ShouldBeInRange(SignInTrail.MostPerMinute, 4 * SignInTrail.MostPerMinute);
    }

    [Fact]
    public async Task A_tus_upload_that_is_deleted_is_told()
    {
        await using var region = await RegionFixture.StartAsync();
        static string Field(string name, string value) => $"{name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}";
        using var begin = new HttpRequestMessage(HttpMethod.Post, "/MAAS/uploads/");
        begin.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(region.AdminKey));
        begin.Headers.Add("Tus-Resumable", "1.0.0");
        begin.Headers.Add("Upload-Length", "1000");
        begin.Headers.Add("Upload-Metadata", Field("name", "custom/t") + "," + Field("architecture", "amd64/generic"));
        using var begun = await region.Http.SendAsync(begin);
        ((int)begun.StatusCode).ShouldBe(201);
        using var end = new HttpRequestMessage(HttpMethod.Delete, begun.Headers.Location);
        end.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(region.AdminKey));
        end.Headers.Add("Tus-Resumable", "1.0.0");
        using var ended = await region.Http.SendAsync(end);
        ((int)ended.StatusCode).ShouldBe(204);
        var told = (await region.AdminAsync("GET", "events/?limit=5")).Json.GetProperty("events").EnumerateArray().First(e => e.GetProperty("action").GetString() == "upload.delete");
        told.GetProperty("subject").GetString().ShouldBe("upload/" + begun.Headers.Location!.ToString().TrimEnd('/').Split('/')[^1]);
        told.GetProperty("actor").GetString().ShouldBe("admin");
        told.GetProperty("before").GetProperty("size").GetInt64().ShouldBe(1000);
    }

    [Fact]
    public async Task From_a_machines_boot_to_the_digests_to_the_vendors_signature_also_when_the_version_is_gone()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        _f = f;
        await f.ImportAsync();
        var digest = Digest.Parse(Seed.Sha256(f.Mirror.Get("noble/amd64/20260101/boot-kernel")));
        var rack = await EnrolAsync();
        var mac = MacAddress.Parse("52:54:00:aa:bb:03");
        var record = new BootRecord
        {
            Id = Guid.NewGuid(), Machine = mac, Address = "10.0.0.5", Started = DateTimeOffset.UtcNow, Ended = DateTimeOffset.UtcNow, Result = "booted",
            Steps = [new BootStep(DateTimeOffset.UtcNow, "http", "/images/kernel", "kernel", digest, 17, "served")],
        };
        (await AsRackAsync("rack/boot-records/", rack, JsonSerializer.Serialize((IReadOnlyList<BootRecord>)[record], RackWire.Default.IReadOnlyListBootRecord))).Status.ShouldBe(204);
        var key = BootDepot.Simplestreams.Signatures.Keyring.Parse(f.Stream.Keyring).Keys[0].Fingerprint.Hex;
        await CheckAsync(held: true);

        await f.ImportVersionAsync("20260201");
        (await f.VersionsAsync()).ShouldBe(["20260201 served"]);
        await CheckAsync(held: false);

        async Task CheckAsync(bool held)
        {
            var boot = (await Region.UserAsync("GET", $"boot-records/?op=provenance&machine={mac}")).Json[0];
            var file = boot.GetProperty("files")[0];
            file.GetProperty("sha256").GetString().ShouldBe(digest.Hex);
            var origin = file.GetProperty("origins")[0];
            origin.GetProperty("image").GetString().ShouldBe("ubuntu/noble");
            origin.GetProperty("version").GetString().ShouldBe("20260101");
            origin.GetProperty("file_type").GetString().ShouldBe("boot-kernel");
            origin.GetProperty("signed_by").GetString().ShouldBe(key);
            origin.GetProperty("source").GetString().ShouldBe(f.Mirror.Url);
            origin.GetProperty("held").GetBoolean().ShouldBe(held);
        }
    }

    private async Task PeopleAsync()
    {
        var secret = Region.Host.FirstSignInUrl!.Fragment.Split('=')[1];
        await DoAsync("POST", "session/", "first", "user.password", Seed.Form(("secret", secret), ("password", "the first password")), actor: "first-sign-in", isSigned: false);
        await DoAsync("POST", "users/", null, "user.create", Seed.Form(("username", "sue"), ("email", "s@example.com"), ("password", "sue's password"), ("is_superuser", "0")));
        await DoAsync("POST", "users/sue/", "set_password", "user.password", Seed.Form(("password", "another password")));
        using var signIn = new HttpRequestMessage(HttpMethod.Post, "/MAAS/api/2.0/session/") { Content = Seed.Form(("username", "sue"), ("password", "another password")) };
        var session = await WithEventAsync("POST", "session/", null, "session.begin", "sue", () => Region.Http.SendAsync(signIn)); // the client keeps the cookie
        using var signOut = new HttpRequestMessage(HttpMethod.Delete, "/MAAS/api/2.0/session/");
        signOut.Headers.TryAddWithoutValidation(SessionCookie.ProofHeader, session.Json.GetProperty("csrf_token").GetString());
        await WithEventAsync("DELETE", "session/", null, "session.end", "sue", () => Region.Http.SendAsync(signOut));
        await DoAsync("DELETE", "users/sue/", null, "user.delete");
        foreach (var root in new[] { "", "/MAAS/api/1.0/" })
        {
            var made = await DoAsync("POST", root + "account/", "create_authorisation_token", "api-key.create");
            var token = made.Json.GetProperty("token_key").GetString()!;
            if (root.Length == 0)
                await DoAsync("POST", "account/", "update_token_name", "api-key.rename", Seed.Form(("token", token), ("name", "renamed")), isUpdate: true);
            await DoAsync("POST", root + "account/", "delete_authorisation_token", "api-key.revoke", Seed.Form(("token_key", token)));
            await DoAsync("POST", root + "maas/", "set_config", "setting.change", Seed.Form(("name", "maas_name"), ("value", "name " + root)), isUpdate: true);
        }
    }

    private async Task SourcesAsync()
    {
        var next = 0;
        foreach (var root in new[] { "", "/MAAS/api/1.0/", "/MAAS/api/1.0/nodegroups/master/" })
        {
            var source = await DoAsync("POST", root + "boot-sources/", null, "boot-source.create", Seed.Form(("url", $"http://127.0.0.1:1/{next++}/"), ("keyring_filename", "/k.gpg")));
            var path = root + $"boot-sources/{source.Json.GetProperty("id").GetInt32()}/";
            await DoAsync("PUT", path, null, "boot-source.update", Seed.Form(("url", $"http://127.0.0.1:1/{next++}/")), isUpdate: true);
            await OfferAsync(source.Json.GetProperty("id").GetInt32());
            var selection = await DoAsync("POST", path + "selections/", null, "boot-source-selection.create", Seed.Form(("os", "ubuntu"), ("release", "noble")));
            var own = path + $"selections/{selection.Json.GetProperty("id").GetInt32()}/";
            await DoAsync("PUT", own, null, "boot-source-selection.update", Seed.Form(("os", "ubuntu"), ("release", "noble"), ("arches", "amd64")), isUpdate: true);
            if (root.Length == 0)
            {
                await DoAsync("PUT", $"retention/{selection.Json.GetProperty("id").GetInt32()}/", null, "boot-source-selection.retention", Seed.Form(("keep_versions", "2")), isUpdate: true);
                await DoAsync("PUT", path.Replace("boot-sources", "source-networks", StringComparison.Ordinal), null, "boot-source.network", Seed.Form(("proxy", "direct")), isUpdate: true);
            }

            await DoAsync("DELETE", own, null, "boot-source-selection.delete");
            await DoAsync("DELETE", path, null, "boot-source.delete");
        }
    }

    // What may be selected is what a source was seen to offer.
    private Task OfferAsync(int source, string release = "noble") => _f.Catalog.ChangeAsync(
        (db, _) =>
        {
            db.Offers.Add(new Offer { BootSourceId = source, Os = "ubuntu", Release = release, Arch = "amd64", Subarch = "generic", Label = "stable", Version = "20260101" });
            return Task.CompletedTask;
        },
        default);

    private async Task RacksAsync()
    {
        var token = (await DoAsync("POST", "racks/", "create_token", "rack-token.create")).Json.GetProperty("token").GetString()!;
        var reply = await DoAsync("POST", "rack/enrolment/", null, "rack.enrol", new StringContent(JsonSerializer.Serialize(
            new RackEnrolmentRequest { Token = token, Hostname = "rack1" }, RackWire.Default.RackEnrolmentRequest)), actor: "rack:rack1", isSigned: false);
        var id = JsonSerializer.Deserialize(reply.Body, RackWire.Default.RackEnrolment)!.SystemId;
        foreach (var path in new[] { "rackcontrollers/", $"rackcontrollers/{id}/", $"racks/{id}/", "/MAAS/api/1.0/nodegroups/", "/MAAS/api/1.0/nodegroups/master/" })
            await DoAsync("POST", path, "import_boot_images", "rack.import");
        await DoAsync("PUT", $"racks/{id}/", null, "rack.update", Seed.Form(("name", "rack2")), isUpdate: true);
        await DoAsync("DELETE", $"racks/{id}/", null, "rack.delete");
        await DoAsync("POST", "boot-assignments/", null, "boot-assignment.set", Seed.Form(("target", "52:54:00:aa:bb:09"), ("mode", "local")));
        await DoAsync("DELETE", "boot-assignments/52:54:00:aa:bb:09/", null, "boot-assignment.clear");
    }

    private async Task ImagesAsync()
    {
        var image = ("image", "ubuntu/noble");
        await Region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "boot_images_keep_versions"), ("value", "3")));
        await _f.ImportVersionAsync("20260201");
        foreach (var op in new[] { "pin", "unpin", "rollback", "promote" })
            await DoAsync("POST", "image-versions/", op, "image-version." + op, Seed.Form(image), isUpdate: true);
        await DoAsync("DELETE", $"boot-resources/{await IdAsync("ubuntu/noble")}/", null, "boot-resource.delete");
        var deleted = (await Region.UserAsync("GET", "deleted-images/")).Json[0].GetProperty("id").GetInt32();
        await DoAsync("POST", $"deleted-images/{deleted}/", "restore", "boot-resource.restore");
        await DoAsync("DELETE", $"/MAAS/api/1.0/boot-resources/{await IdAsync("ubuntu/noble")}/?force=true", null, "boot-resource.delete");
        await _f.ImportAsync();
        // An image that a wildcard takes cannot be taken out alone, nor the last one that is selected.
        await OfferAsync(1, "jammy");
        (await Region.AdminAsync("POST", "boot-sources/1/selections/", Seed.Form(("os", "ubuntu"), ("release", "jammy")))).Status.ShouldBe(200);
        (await Region.AdminAsync("PUT", "boot-sources/1/selections/1/", Seed.Form(("os", "ubuntu"), ("release", "noble"), ("arches", "amd64")))).Status.ShouldBe(200);
        await DoAsync("POST", "images/", "remove", "boot-source-selection.delete", Seed.Form(("image", "synced:ubuntu/noble:amd64")));
        await DoAsync("POST", "images/", "select", "boot-source-selection.create", Seed.Form(("image", "1/ubuntu/noble/amd64")));
        var other = await _f.AddSourceAsync(_f.Mirror.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), s => s.Selections.Clear());
        await _f.ImportAsync();
        await DoAsync("POST", "images/", "change_source", "boot-source-selection.delete", Seed.Form(("image", "synced:ubuntu/noble:amd64"), ("source", other.Id.ToString(CultureInfo.InvariantCulture))));
    }

    private async Task UploadsAsync(ApiVersion version)
    {
        var root = version == ApiVersion.One ? "/MAAS/api/1.0/" : "";
        var bytes = Seed.Bytes(1000, version == ApiVersion.One ? 51 : 52);
        (string, string)[] Fields(string name, byte[] content) =>
            [("name", name), ("architecture", "amd64/generic"), ("sha256", Seed.Sha256(content)), ("size", content.Length.ToString(CultureInfo.InvariantCulture))];
        var begun = await DoAsync("POST", root + "boot-resources/", null, "boot-resource.upload", Seed.Form(Fields("custom/a", bytes)));
        await DoAsync("PUT", UploadClient.UriOrNull(begun)!, null, "boot-resource.publish", new ByteArrayContent(bytes), actor: "system");
        var other = await DoAsync("POST", root + "boot-resources/", null, "boot-resource.upload", Seed.Form(Fields("custom/b", [.. bytes, 1])));
        await DoAsync("DELETE", UploadClient.UriOrNull(other)!, null, "boot-resource.upload-abandon");
        if (version == ApiVersion.Two)
            await DoAsync("PUT", "boot-resources/?name=custom/c&architecture=amd64/generic", null, "boot-resource.upload", new ByteArrayContent([.. bytes, 2]));
    }

    private async Task OperationsAsync()
    {
        foreach (var (path, op, action) in new[]
        {
            ("boot-resources/", "import", "import.start"), ("boot-resources/", "stop_import", "import.stop"), ("/MAAS/api/1.0/boot-resources/", "import", "import.start"),
            ("imports/", null, "import.start"), ("imports/", "stop", "import.stop"), ("scrub/", "start", "scrub.start"), ("scrub/", "stop", "scrub.stop"),
            ("stream-keys/", "announce", "stream-key.announce"), ("stream-keys/", "switch", "stream-key.switch"), ("stream-keys/", "drop_former", "stream-key.drop-former"),
        })
        {
            await DoAsync("POST", path, op, action);
        }

        await DoAsync("POST", "views/", null, "view.create", Seed.Form(("name", "edge"), ("images", "*/*"), ("private", "true")));
        await DoAsync("PUT", "views/edge/", null, "view.update", Seed.Form(("images", "ubuntu/*"), ("exclusive", "true")), isUpdate: true);
        await DoAsync("POST", "views/edge/", "create_token", "view.token-create", Seed.Form(("token_name", "site")));
        await DoAsync("POST", "views/edge/", "revoke_token", "view.token-revoke", Seed.Form(("token_name", "site")));
        await DoAsync("DELETE", "views/edge/", null, "view.delete");
        await DoAsync("POST", "storage/", "collect", "storage.collect", Seed.Form(("dry_run", "true")));
        var now = DateTimeOffset.UtcNow;
        var conversion = new Conversion { SourceSha256 = new string('a', 64), Target = "ddgz", Key = new string('b', 64), State = ConversionState.Done, Created = now, Updated = now };
        await _f.Catalog.ChangeAsync(
            (db, _) =>
            {
                db.Conversions.Add(conversion);
                return Task.CompletedTask;
            },
            default);
        await DoAsync("POST", $"conversions/{conversion.Id}/", "stop", "conversion.stop");
    }

    private async Task<int> IdAsync(string name) =>
        (await Region.UserAsync("GET", "boot-resources/")).Json.EnumerateArray().First(r => r.GetProperty("name").GetString() == name).GetProperty("id").GetInt32();

    private async Task<string> EnrolAsync()
    {
        var token = (await Region.AdminAsync("POST", "racks/?op=create_token")).Json.GetProperty("token").GetString()!;
        var reply = await AsRackAsync("rack/enrolment/", null, JsonSerializer.Serialize(new RackEnrolmentRequest { Token = token, Hostname = "rack1" }, RackWire.Default.RackEnrolmentRequest));
        return JsonSerializer.Deserialize(reply.Body, RackWire.Default.RackEnrolment)!.Key;
    }

    private async Task<Reply> AsRackAsync(string path, string? key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/MAAS/api/2.0/" + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Reply.ReadAsync(await Region.Http.SendAsync(request));
    }

    private async Task<Reply> DoAsync(
        string method, string path, string? op, string action, HttpContent? body = null, string actor = "admin", bool isUpdate = false, bool isSigned = true)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), (path.StartsWith('/') ? path : "/MAAS/api/2.0/" + path) + (op is null ? "" : "?op=" + op)) { Content = body };
        if (isSigned)
            request.Headers.TryAddWithoutValidation("Authorization", RegionFixture.Sign(Region.AdminKey));
        return await WithEventAsync(method, path, op, action, actor, () => Region.Http.SendAsync(request), isUpdate);
    }

    // Does something, and looks for the event that it must leave.
    private async Task<Reply> WithEventAsync(string method, string path, string? op, string action, string actor, Func<Task<HttpResponseMessage>> send, bool isUpdate = false)
    {
        var before = await EventsAsync();
        var reply = await Reply.ReadAsync(await send());
        var what = $"{method} {path} op={op}";
        reply.Status.ShouldBeInRange(200, 299, $"{what}: {reply.Text}");
        var added = (await EventsAsync()).Where(e => before.All(b => Id(b) != Id(e))).ToList();
        var found = added.Find(e => Text(e, "action") == action && Text(e, "actor") == actor);
        found.ValueKind.ShouldBe(JsonValueKind.Object, $"{what} leaves no {action} of {actor} ({reply.Text}), but: {string.Join('\n', added)}");
        if (actor != "system")
            Text(found, "origin").ShouldBe("127.0.0.1", what);
        if (isUpdate)
            (found.GetProperty("before").ValueKind, found.GetProperty("after").ValueKind).ShouldBe((JsonValueKind.Object, JsonValueKind.Object), what);
        var (root, version) = path.StartsWith("/MAAS/api/1.0/", StringComparison.Ordinal) ? ("/MAAS/api/1.0/", ApiVersion.One) : ("/MAAS/api/2.0/", ApiVersion.Two);
        var rest = path.Split('?')[0];
        var handler = Region.Get<ApiRoutes>().FindOrNull(version, rest.StartsWith('/') ? rest[root.Length..] : rest)!.Handler;
        _done.Add(AccessTable.KeyOf(method, handler.FullPath, op));
        return reply;

        static long Id(JsonElement e) => e.GetProperty("id").GetInt64();
        static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();
    }

    private async Task<List<JsonElement>> EventsAsync() => [.. (await Region.AdminAsync("GET", "events/?limit=20")).Json.GetProperty("events").EnumerateArray()];
}
