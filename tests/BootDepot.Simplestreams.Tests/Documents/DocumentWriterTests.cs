using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Tests.Tools;

namespace BootDepot.Simplestreams.Tests.Documents;

public sealed class DocumentWriterTests
{
    [Fact]
    public void Documents_are_written_in_the_publishers_style()
    {
        var document = new ProductDocument
        {
            ContentId = "c",
            Updated = "Tue, 10 Mar 2026 06:15:42 +0000",
            Tags = TagMap.Of(("zeta", "é\u0001\"\\\n/"), ("alpha", TagValue.Of([]))),
            Products = new OrderedMap<Product>([KeyValuePair.Create("p", new Product { Name = "p", Tags = TagMap.Of(("os", "ubuntu"), ("none", null)) })]),
        };
        var expected = """
            {
             "alpha": [],
             "content_id": "c",
             "format": "products:1.0",
             "products": {
              "p": {
               "os": "ubuntu",
               "versions": {}
              }
             },
             "updated": "Tue, 10 Mar 2026 06:15:42 +0000",
             "zeta": "\u00e9\u0001\"\\\n/"
            }

            """;
        Encoding.UTF8.GetString(DocumentWriter.Write(document)).ShouldBe(expected);
    }

    [Fact]
    public void An_index_keeps_what_it_has()
    {
        var index = new StreamIndex
        {
            Updated = "u",
            Tags = TagMap.Of(("x", 1L)),
            Entries = new OrderedMap<IndexEntry>([KeyValuePair.Create("c", new IndexEntry
            {
                ContentId = "c", PathText = "streams/v1/c.json", Format = "products:1.0", Datatype = "image-ids", Updated = "u", Products = ["p"],
                Tags = TagMap.Of(("cloudname", "aws")),
            })]),
        };
        var read = DocumentReader.ReadIndex(DocumentWriter.Write(index));
        DocumentWriter.Write(read).ShouldBe(DocumentWriter.Write(index));
        read.Entries["c"].Tags["cloudname"].TextOrNull.ShouldBe("aws");
        read.Entries["c"].Products.ShouldBe(["p"]);
    }

    [Fact]
    public void A_line_that_GnuPG_would_cut_is_refused()
    {
        var document = new ProductDocument { ContentId = "c", Products = OrderedMap<Product>.Empty, Tags = TagMap.Of(("message", new string('x', 8000))) };
        var error = Should.Throw<StreamException>(() => DocumentWriter.Write(document));
        error.Code.ShouldBe(StreamErrors.DocumentLineTooLong);
        error.Message.ShouldContain("message");
    }

    [Fact]
    public void Whatever_a_document_has_survives_reading_and_writing()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var json = RandomDocument(random);
            var read = DocumentReader.ReadProducts(Encoding.UTF8.GetBytes(json.ToJsonString()));
            var written = DocumentWriter.Write(read);
            JsonNode.DeepEquals(JsonNode.Parse(written), json).ShouldBeTrue($"seed {seed}");
            DocumentWriter.Write(DocumentReader.ReadProducts(written)).ShouldBe(written, $"seed {seed}");
        }
    }

    [Fact]
    public void The_style_is_that_of_the_publishers_own_tool()
    {
        var document = RandomDocument(new Random(4711)).ToJsonString();
        var python = Tool.Run("python3", Encoding.UTF8.GetBytes(document), "-c",
            "import json,sys; sys.stdout.write(json.dumps(json.load(sys.stdin), indent=1, sort_keys=True, separators=(',', ': ')) + '\\n')");
        var written = DocumentWriter.Write(DocumentReader.ReadProducts(Encoding.UTF8.GetBytes(document)));
        Encoding.ASCII.GetString(written).ShouldBe(Encoding.ASCII.GetString(python.Required()));
    }

    private static JsonObject RandomDocument(Random random)
    {
        var document = RandomTags(random);
        document["format"] = "products:1.0";
        document["content_id"] = RandomText(random);
        document["products"] = RandomMap(random, () =>
        {
            var product = RandomTags(random);
            product["versions"] = RandomMap(random, () =>
            {
                var version = RandomTags(random);
                version["items"] = RandomMap(random, () => RandomTags(random));
                return version;
            });
            return product;
        });
        return document;
    }

    private static JsonObject RandomMap(Random random, Func<JsonNode?> make)
    {
        var map = new JsonObject();
        for (var i = random.Next(4); i > 0; i--)
            map[RandomText(random)] = make();
        return map;
    }

    private static JsonObject RandomTags(Random random) => RandomMap(random, () => RandomValue(random, 3));

    private static JsonNode? RandomValue(Random random, int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => random.Next(-1000, 1000) / 4.0,
        4 or 5 => RandomText(random),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))]),
        _ => RandomMap(random, () => RandomValue(random, depth - 1)),
    };

    // Letters of several lengths in UTF-8, quotes, escapes and control characters; never a reserved name.
    private static string RandomText(Random random) =>
        "t" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(8) switch
        {
            0 => "\"",
            1 => "\\",
            2 => ((char)random.Next(1, 32)).ToString(),
            3 => "é",
            4 => "日",
            5 => "😀",
            _ => ((char)random.Next('a', 'z')).ToString(),
        }));
}
