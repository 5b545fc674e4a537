using System;
using System.Linq;
using System.Text;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Simplestreams.Tests.Documents;

public sealed class FlatItemTests
{
    [Fact]
    public void An_item_inherits_from_version_product_and_document_and_the_innermost_wins()
    {
        var item = Item("""
            {"format":"products:1.0","content_id":"c","datatype":"image-ids","updated":"u","a":"doc","b":"doc","c":"doc","d":"doc",
             "products":{"p":{"b":"product","c":"product","d":"product","versions":{"v":{"c":"version","d":"version",
             "items":{"i":{"d":"item","size":12,"f":1.50}}}}}}}
            """);
        (item["a"], item["b"], item["c"], item["d"]).ShouldBe(("doc", "product", "version", "item"));
        (item["size"], item["f"], item["datatype"], item["updated"]).ShouldBe(("12", "1.50", "image-ids", "u"));
        item["none"].ShouldBeNull();
        foreach (var (name, value) in item.ToDictionary())
            item[name].ShouldBe(value);
    }

    [Fact]
    public void Four_names_are_made_and_override_tags()
    {
        var item = Item("""
            {"format":"products:1.0","content_id":"c","products":{"p":{"product_name":"x","versions":{"v":{"version_name":"x",
             "items":{"i":{"item_name":"x","content_id":"x"}}}}}}}
            """);
        (item["content_id"], item["product_name"], item["version_name"], item["item_name"]).ShouldBe(("c", "p", "v", "i"));
        item.ToDictionary()["item_name"].ShouldBe("i");
    }

    [Fact]
    public void Lists_objects_booleans_and_null_are_not_seen_and_hide_nothing()
    {
        var item = Item("""
            {"format":"products:1.0","content_id":"c","products":{"p":{"a":"1","b":"2","c":"3","d":"4","versions":{"v":{
             "items":{"i":{"a":[1],"b":{"x":1},"c":true,"d":null,"e":false}}}}}}}
            """);
        (item["a"], item["b"], item["c"], item["d"], item["e"]).ShouldBe(("1", "2", "3", "4", null));
    }

    [Fact]
    public void Aliases_bring_their_tags_into_the_object_that_names_them_and_inner_levels_still_win()
    {
        var item = Item("""
            {"format":"products:1.0","content_id":"c","_aliases":{"region":{"us":{"endpoint":"e","country":"C","zone":"z"}}},
             "products":{"p":{"region":"us","endpoint":"replaced","versions":{"v":{"country":"inner",
             "items":{"i":{}}}}}}}
            """);
        (item["endpoint"], item["country"], item["zone"], item["region"]).ShouldBe(("e", "inner", "z", "us"));
    }

    [Fact]
    public void A_value_that_the_alias_table_lacks_is_refused() =>
        Should.Throw<StreamException>(() => Item("""
            {"format":"products:1.0","content_id":"c","_aliases":{"region":{}},
             "products":{"p":{"region":"us","versions":{"v":{"items":{"i":{}}}}}}}
            """)).Code.ShouldBe(StreamErrors.DocumentUnknownAlias);

    [Theory]
    [InlineData("12", 12L)]
    [InlineData("\"12\"", 12L)]
    [InlineData("0", 0L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_a_number_or_decimal_text(string json, long size) => WithTag("size", json).GetSizeOrNull().ShouldBe(size);

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    [InlineData("\"\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"0x10\"")]
    public void A_size_that_is_none_is_refused(string json) =>
        Should.Throw<StreamException>(() => WithTag("size", json).GetSizeOrNull()).Code.ShouldBe(StreamErrors.ItemMalformed);

    [Fact]
    public void A_checksum_is_taken_in_either_case_and_refused_at_another_length()
    {
        WithTag("sha256", $"\"{new string('A', 64)}\"").GetSha256OrNull().ShouldBe(new string('a', 64));
        WithTag("other", "1").GetSha256OrNull().ShouldBeNull();
        WithTag("other", "1").GetSizeOrNull().ShouldBeNull();
        WithTag("other", "1").GetPathOrNull().ShouldBeNull();
        foreach (var bad in new[] { new string('a', 63), new string('a', 65), new string('g', 64), "" })
            Should.Throw<StreamException>(() => WithTag("sha256", $"\"{bad}\"").GetSha256OrNull()).Code.ShouldBe(StreamErrors.ItemMalformed);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("streams/v1/index.json")]
    public void An_unsafe_path_is_refused_when_asked_for(string path) =>
        Should.Throw<StreamException>(() => WithTag("path", $"\"{path}\"").GetPathOrNull()).Code.ShouldBe(StreamErrors.PathUnsafe);

    private static FlatItem WithTag(string tag, string json) =>
        Item("""{"format":"products:1.0","content_id":"c","products":{"p":{"versions":{"v":{"items":{"i":{"TAG":VALUE}}}}}}}"""
            .Replace("TAG", tag, StringComparison.Ordinal).Replace("VALUE", json, StringComparison.Ordinal));

    private static FlatItem Item(string json) => DocumentReader.ReadProducts(Encoding.UTF8.GetBytes(json)).Flatten().Single();
}
