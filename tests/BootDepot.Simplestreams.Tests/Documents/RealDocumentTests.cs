using BootDepot.Simplestreams.Documents;

namespace BootDepot.Simplestreams.Tests.Documents;

public sealed class RealDocumentTests
{
    [Fact]
    public void The_real_index_has_three_entries_with_paths_below_streams()
    {
        var index = DocumentReader.ReadIndex(SampleData.Read("simplestreams_index.json"));
        index.Entries.Count.ShouldBe(3);
        index.Entries.Values.ShouldAllBe(e => e.Format == "products:1.0" && e.GetPath().Value.StartsWith("streams/v1/"));
        index.UpdatedAt.ShouldBe(new System.DateTimeOffset(2025, 7, 24, 8, 1, 49, System.TimeSpan.Zero));
    }

    [Theory]
    [InlineData("simplestreams_ubuntu.json", "com.ubuntu.maas:stable:v3:download", 4)]
    [InlineData("simplestreams_centos.json", "com.ubuntu.maas:stable:centos-bases-download", 2)]
    [InlineData("simplestreams_bootloaders.json", "com.ubuntu.maas:stable:1:bootloader-download", 5)]
    public void The_real_products_documents_have_the_known_products(string file, string contentId, int products)
    {
        var document = DocumentReader.ReadProducts(SampleData.Read(file), expectedContentId: contentId);
        document.Products.Count.ShouldBe(products);
        document.Flatten().ShouldNotBeEmpty();
        document.Flatten().ShouldAllBe(i => i.GetSha256OrNull() != null && i.GetSizeOrNull() > 0 && i.GetPathOrNull() != null
            && i["ftype"] != null && i["os"] != null && i["arch"] != null);
    }

    [Theory]
    [InlineData("simplestreams_ubuntu.json")]
    [InlineData("simplestreams_centos.json")]
    [InlineData("simplestreams_bootloaders.json")]
    public void Real_products_documents_are_written_byte_for_byte_as_they_were(string file)
    {
        var bytes = SampleData.Read(file);
        Normal(DocumentWriter.Write(DocumentReader.ReadProducts(bytes))).ShouldBe(Normal(bytes));
    }

    [Fact]
    public void The_real_index_is_written_byte_for_byte_as_it_was()
    {
        var bytes = SampleData.Read("simplestreams_index.json");
        Normal(DocumentWriter.Write(DocumentReader.ReadIndex(bytes))).ShouldBe(Normal(bytes));
    }

    private static string Normal(byte[] json) => System.Text.Encoding.UTF8.GetString(json).TrimEnd('\n');
}
