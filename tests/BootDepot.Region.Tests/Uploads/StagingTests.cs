using System;
using System.Globalization;
using System.Net.Http;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>Uploads that have not ended take no more than the setting <c>staging_mebibytes</c> says.</summary>
public sealed class StagingTests
{
    private const int Mebibyte = 1 << 20;
    private const string Refusal = "No space left on device: uploads that have not ended may take 5 MiB together";

    [Fact]
    public async Task An_upload_that_would_take_more_than_the_room_for_all_is_refused_before_its_first_byte_and_changes_nothing()
    {
        await using var region = await RegionFixture.StartAsync();
        var client = new UploadClient(region);
        (await region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "staging_mebibytes"), ("value", "5")))).Status.ShouldBe(200);
        var (first, second) = (Seed.Bytes(3 * Mebibyte, 1), Seed.Bytes(3 * Mebibyte, 2));
        var begun = await client.BeginAsync("custom/first", first);
        begun.Status.ShouldBe(201, begun.Text);

        await RefusedAsync();
        (await region.UserAsync("GET", "boot-resources/")).Json.GetArrayLength().ShouldBe(1);
        (await region.UserAsync("GET", "uploads/")).Json.GetArrayLength().ShouldBe(1);

        // The same image again: the one that is under way is given up, and does not count.
        var again = await client.BeginAsync("custom/first", first);
        again.Status.ShouldBe(201, again.Text);
        (await client.PutAsync(UploadClient.UriOrNull(again)!, first)).Status.ShouldBe(200);
        // It has ended, so there is room; bytes that are held need none.
        (await client.CreateAsync(second.Length, ("name", "custom/second"), ("architecture", "amd64/generic"))).ShouldNotBeNull();
        (await client.BeginAsync("custom/copy", first)).Status.ShouldBe(201);
        await RefusedAsync();
        (await region.AdminAsync("POST", "maas/?op=set_config", Seed.Form(("name", "staging_mebibytes"), ("value", "0")))).Status.ShouldBe(200);
        (await client.WholeAsync("custom/third", second)).Status.ShouldBe(200);

        async Task RefusedAsync()
        {
            var other = Seed.Bytes(3 * Mebibyte, 3);
            var chunks = await client.BeginAsync("custom/other", other);
            (chunks.Status, chunks.Json.GetProperty("size")[0].GetString()![..Refusal.Length]).ShouldBe((400, Refusal));
            var tus = await client.TusAsync(
                "POST", "/MAAS/uploads/",
                headers: [("Upload-Length", other.Length.ToString(CultureInfo.InvariantCulture)), ("Upload-Metadata", UploadClient.Metadata(("name", "custom/other"), ("architecture", "amd64/generic")))]);
            (tus.Status, tus.Text.Contains(Refusal, StringComparison.Ordinal)).ShouldBe((400, true));
            var whole = await region.AdminAsync("PUT", "boot-resources/?name=custom/other&architecture=amd64/generic", new ByteArrayContent(other));
            (whole.Status, whole.Text.Contains(Refusal, StringComparison.Ordinal)).ShouldBe((400, true), whole.Text);
            using var form = new MultipartFormDataContent
            {
                { new StringContent("custom/other"), "name" }, { new StringContent("amd64/generic"), "architecture" }, { new ByteArrayContent(other), "content", "content" },
            };
            var old = await region.AdminAsync("POST", "boot-resources/", form);
            (old.Status, old.Text.Contains(Refusal, StringComparison.Ordinal)).ShouldBe((400, true), old.Text);
        }
    }
}
