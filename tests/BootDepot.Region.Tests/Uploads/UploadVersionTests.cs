using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Api.BootResources;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Tests.Uploads;

/// <summary>Version names of uploads, and their progress as shown.</summary>
public sealed class UploadVersionTests
{
    private static readonly DateTimeOffset Today = new(2026, 2, 3, 23, 59, 0, TimeSpan.Zero);

    [Fact]
    public void Each_name_is_greater_than_all_before_it()
    {
        var names = new List<string>();
        for (var i = 0; i < 300; i++)
        {
            var next = UploadVersions.Next(Today, names);
            foreach (var name in names)
                string.CompareOrdinal(next, name).ShouldBeGreaterThan(0);
            names.Add(next);
        }

        names[..12].ShouldBe([
            "20260203", "20260203.1", "20260203.2", "20260203.3", "20260203.4", "20260203.5", "20260203.6", "20260203.7", "20260203.8",
            "20260203.9", "20260203.91", "20260203.92",
        ]);
    }

    [Fact]
    public void A_clock_that_went_back_does_not_make_a_lesser_name() =>
        UploadVersions.Next(Today, ["20260301", "20260101"]).ShouldBe("20260301.1");

    [Fact]
    public void Progress_is_percent_as_the_contract_prints_it()
    {
        var resource = new BootResource { Id = 23, Kind = ResourceKind.Uploaded, Name = "custom/x", Architecture = "amd64/generic" };
        var set = new ResourceSet { Version = "20260203", Label = "uploaded" };
        set.Files.Add(new ResourceFile { Id = 61, Filename = "root.tgz", FileType = "root-tgz", Sha256 = new string('a', 64), Size = 1288490188 });
        resource.Sets.Add(set);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            BootResourceJson.WriteWithSets(json, resource, new Dictionary<int, long> { [61] = 128L * 4194304 }, ApiVersion.Two);
        Encoding.UTF8.GetString(stream.ToArray()).ShouldContain("\"progress\":41.66666669253674,\"upload_uri\"");
    }
}
