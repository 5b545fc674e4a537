using System;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>The reference client of tus for browsers and Node, unmodified, as a judge.</summary>
[Trait("Category", "Slow")]
public sealed class TusJsTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task Tus_js_client_uploads_resumes_and_terminates()
    {
        using var folder = new TempFolder();
        var bytes = Seed.Bytes(10_000_000, 84);
        await File.WriteAllBytesAsync(folder["image"], bytes);
        var source = Path.Combine(AppContext.BaseDirectory, "Uploads", "tus-js-client");
        await Shell.RunAsync($"cd {folder.Path} && cp {source}/* . && npm ci --no-audit --no-fund --loglevel=error");
        var said = await Shell.RunAsync($"cd {folder.Path} && node upload.mjs {_region.Host.Url}MAAS/uploads/ {_region.AdminKey.Text} {folder["image"]}");
        said.ShouldBe("""
            stopped after 5000000
            went on at 5000000 HEAD
            done 10000000
            with creation 3000000
            terminated
            gone: 404
            refused: 400

            """);
        foreach (var name in new[] { "custom/tus-js", "custom/tus-js-creation" })
            (await new UploadClient(_region).StatusAsync(name)).GetProperty("state").GetString().ShouldBe("complete");
    }
}
