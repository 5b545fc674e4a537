using System;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;
using BootDepot.Region.Hosting;
using BootDepot.Region.Tests.Uploads;

namespace BootDepot.Region.Tests.SeveralRegions;

/// <summary>Downloads that the S3 server serves itself.</summary>
public sealed class RedirectTests
{
    [Fact]
    public async Task Downloads_are_sent_to_the_S3_server_when_that_is_wanted()
    {
        await using var shared = await Backends.CreateSharedAsync();
        var bucket = ((BlobStorage.InS3)shared.Blobs).Bucket;
        await using var region = await RegionFixture.StartAsync(o => o with { Blobs = new BlobStorage.InS3(bucket with { Redirect = true }) });
        var bytes = Seed.Bytes(100_000);
        (await new UploadClient(region).WholeAsync("custom/away", bytes, ("force", "true"))).Status.ShouldBe(200);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        var url = new Uri(region.Host.Url, $"/MAAS/images-stream/sha256/{Seed.Sha256(bytes)}/root-dd");
        using var answer = await http.GetAsync(url);
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Location!.Authority.ShouldBe(bucket.Endpoint!.Authority);
        // The bucket is not public: it is the signature that opens it.
        (await http.GetByteArrayAsync(answer.Headers.Location)).ShouldBe(bytes);
        using var stranger = await http.GetAsync(new Uri(answer.Headers.Location.GetLeftPart(UriPartial.Path)));
        stranger.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var missing = await http.GetAsync(new Uri(region.Host.Url, $"/MAAS/images-stream/sha256/{new string('0', 64)}/x"));
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var size = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
        size.Content.Headers.ContentLength.ShouldBe(bytes.Length);
    }
}
