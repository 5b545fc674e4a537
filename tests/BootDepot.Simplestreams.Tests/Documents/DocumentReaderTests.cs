using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Simplestreams.Tests.Documents;

public sealed class DocumentReaderTests
{
    private const string Empty = """{"format":"products:1.0","content_id":"c","products":{}}""";

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("<html></html>")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{}} x")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{},}")]
    [InlineData("/* */{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{}}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\"}")]
    [InlineData("{\"format\":\"products:1.0\",\"products\":{}}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":7,\"products\":{}}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":[]}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{\"p\":1}}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{\"p\":{\"versions\":[]}}}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{\"p\":{\"versions\":{\"v\":{\"items\":{\"i\":\"x\"}}}}}}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{},\"_aliases\":[]}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{},\"x\":\"\\ud800\"}")]
    [InlineData("{\"format\":\"products:1.0\",\"content_id\":\"c\",\"products\":{},\"x\":\"a\u0001\"}")]
    public void What_is_no_products_document_is_refused(string json) => Code(json).ShouldBe(StreamErrors.DocumentMalformed);

    [Theory]
    [InlineData("{\"format\":\"index:1.0\",\"index\":[]}")]
    [InlineData("{\"format\":\"index:1.0\"}")]
    [InlineData("{\"format\":\"index:1.0\",\"index\":{\"c\":[]}}")]
    [InlineData("{\"format\":\"index:1.0\",\"index\":{\"c\":{\"products\":\"p\"}}}")]
    [InlineData("{\"format\":\"index:1.0\",\"index\":{\"c\":{\"products\":[1]}}}")]
    [InlineData("{\"format\":\"index:1.0\",\"index\":{\"c\":{\"path\":7}}}")]
    public void What_is_no_index_is_refused(string json) =>
        Should.Throw<StreamException>(() => DocumentReader.ReadIndex(Encoding.UTF8.GetBytes(json))).Code.ShouldBe(StreamErrors.DocumentMalformed);

    [Theory]
    [InlineData("""{"content_id":"c","products":{}}""")]
    [InlineData("""{"format":"products:2.0","content_id":"c","products":{}}""")]
    [InlineData("""{"format":"index:1.0","content_id":"c","products":{}}""")]
    public void A_document_of_another_format_is_refused(string json) => Code(json).ShouldBe(StreamErrors.DocumentWrongFormat);

    [Fact]
    public void A_document_in_the_place_of_another_is_refused() =>
        Should.Throw<StreamException>(() => DocumentReader.ReadProducts(Encoding.UTF8.GetBytes(Empty), expectedContentId: "d"))
            .Code.ShouldBe(StreamErrors.DocumentWrongContentId);

    [Fact]
    public void Empty_documents_offer_nothing_and_are_accepted()
    {
        DocumentReader.ReadProducts(Encoding.UTF8.GetBytes(Empty)).Flatten().ShouldBeEmpty();
        DocumentReader.ReadIndex("""{"index":{},"format":"index:1.0"}"""u8).Entries.ShouldBeEmpty();
    }

    [Fact]
    public void A_byte_order_mark_is_tolerated_and_other_encodings_are_refused()
    {
        DocumentReader.ReadProducts([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Empty)]).ContentId.ShouldBe("c");
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            Code([.. encoding.GetPreamble(), .. encoding.GetBytes(Empty)]).ShouldBe(StreamErrors.DocumentMalformed);
            Code(encoding.GetBytes(Empty)).ShouldBe(StreamErrors.DocumentMalformed);
        }

        Code(Encoding.Latin1.GetBytes(Empty.Replace("\"c\"", "\"é\"", StringComparison.Ordinal))).ShouldBe(StreamErrors.DocumentMalformed);
    }

    [Theory]
    [InlineData("""{"format":"products:1.0","format":"products:1.0","content_id":"c","products":{}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{},"products":{}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{"p":{},"p":{}}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{"p":{},"\u0070":{}}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{"p":{"versions":{},"versions":{}}}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{"p":{"versions":{"v":{},"v":{}}}}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{"p":{"versions":{"v":{"items":{"i":{},"i":{}}}}}}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{"p":{"versions":{"v":{"items":{"i":{"path":"a","path":"b"}}}}}}}""")]
    [InlineData("""{"format":"products:1.0","content_id":"c","products":{},"x":{"y":[{"a":1,"a":2}]}}""")]
    public void A_name_that_occurs_twice_is_refused_at_every_level(string json) => Code(json).ShouldBe(StreamErrors.DocumentDuplicateKey);

    [Fact]
    public void A_name_that_occurs_twice_among_many_is_refused()
    {
        var tags = string.Join(',', Enumerable.Range(0, 50).Append(7).Select(i => $"\"t{i}\":1"));
        Code(Empty.Replace("{}", $"{{\"p\":{{{tags}}}}}", StringComparison.Ordinal)).ShouldBe(StreamErrors.DocumentDuplicateKey);
    }

    [Theory]
    [InlineData(63, null)]
    [InlineData(64, StreamErrors.DocumentTooDeep)]
    [InlineData(100_000, StreamErrors.DocumentTooDeep)]
    public void Nesting_has_a_limit(int lists, string? code)
    {
        var json = Empty.Replace("{}", "{},\"x\":" + new string('[', lists) + new string(']', lists), StringComparison.Ordinal);
        CodeOrNull(Encoding.UTF8.GetBytes(json)).ShouldBe(code);
    }

    [Fact]
    public void Each_count_has_a_limit()
    {
        var limits = new StreamLimits { Products = 2, Versions = 2, Items = 2, Members = 5, NameBytes = 50, StringBytes = 20, Values = 35 };
        Limited("{}", limits).ShouldBeNull();
        Limited("""{"a":{},"b":{}}""", limits).ShouldBeNull();
        Limited("""{"a":{},"b":{},"c":{}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"versions":{"1":{},"2":{},"3":{}}}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"versions":{"1":{"items":{"i":{},"j":{}}},"2":{"items":{"i":{}}}}}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"1":[1,2,3,4,5,6]}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("{\"" + new string('a', 51) + "\":{}}", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"t":"123456789012345678901"}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"t":123456789012345678901}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("""{"a":{"1":[1,2,3,4,5],"2":[1,2,3,4,5],"3":[1,2,3,4,5],"4":[1,2,3,4,5],"5":[[],[],[],[],[1,2,3,4,5]]}}""", limits).ShouldBe(StreamErrors.DocumentTooMany);
        Limited("{}", limits with { DocumentBytes = 10 }).ShouldBe(StreamErrors.DocumentTooLarge);
        Should.Throw<StreamException>(() => DocumentReader.ReadIndex("""{"format":"index:1.0","index":{"a":{},"b":{}}}"""u8, new StreamLimits { IndexEntries = 1 }))
            .Code.ShouldBe(StreamErrors.DocumentTooMany);
    }

    [Fact]
    public void Fifty_megabytes_of_garbage_are_refused_in_a_moment()
    {
        var garbage = new byte[50_000_000];
        Array.Fill(garbage, (byte)'[');
        var watch = Stopwatch.StartNew();
        Code(garbage).ShouldBe(StreamErrors.DocumentMalformed);
        Array.Fill(garbage, (byte)' ');
        Code(garbage).ShouldBe(StreamErrors.DocumentMalformed);
        // It takes milliseconds; the bound only finds what reads it all several times over.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Ten_thousand_items_are_read_with_little_memory()
    {
        var bytes = DocumentWriter.Write(Large());
        bytes.Length.ShouldBeGreaterThan(2_000_000);
        DocumentReader.ReadProducts(bytes).Flatten().Count().ShouldBe(10_000);
        var best = TimeSpan.MaxValue;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            DocumentReader.ReadProducts(bytes);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        // Time depends on who else uses the machine, so it is shown; memory is what the test holds.
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / 5;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes.Length} bytes, 10,000 items: {best.TotalMilliseconds:f1} ms, {allocated} bytes allocated");
        allocated.ShouldBeLessThan(4L * bytes.Length);
    }

    private static ProductDocument Large() => new()
    {
        ContentId = "large",
        Products = Map(Enumerable.Range(0, 500), p => $"com.ubuntu.maas.stable:v3:boot:24.04:amd64:ga-24.04-{p}", (p, name) => new Product
        {
            Name = name,
            Tags = TagMap.Of(("os", "ubuntu"), ("arch", "amd64"), ("release", "noble"), ("subarches", string.Join(',', Enumerable.Range(0, 25).Select(s => $"ga-{s}.04")))),
            Versions = Map(Enumerable.Range(0, 5), v => $"2026030{v}", (v, version) => new ProductVersion
            {
                Name = version,
                Items = Map(Enumerable.Range(0, 4), i => $"boot-item-{i}", (i, item) => new ProductItem(item, TagMap.Of(
                    ("ftype", item), ("path", $"noble/amd64/{version}/ga-24.04-{p}/generic/{item}"),
                    ("sha256", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes((p * 100) + (v * 10) + i)))),
                    ("kpackage", "linux-generic"), ("size", 123456789L + i)))),
            }),
        }),
    };

    private static OrderedMap<T> Map<T>(System.Collections.Generic.IEnumerable<int> numbers, Func<int, string> name, Func<int, string, T> make) =>
        new(numbers.Select(n => System.Collections.Generic.KeyValuePair.Create(name(n), make(n, name(n)))));

    private static string? Limited(string products, StreamLimits limits) =>
        CodeOrNull(Encoding.UTF8.GetBytes(Empty.Replace("{}", products, StringComparison.Ordinal)), limits);

    private static string Code(string json) => Code(Encoding.UTF8.GetBytes(json));

    private static string Code(byte[] json) => CodeOrNull(json).ShouldNotBeNull();

    private static string? CodeOrNull(byte[] json, StreamLimits? limits = null)
    {
        try
        {
            DocumentReader.ReadProducts(json, limits);
            return null;
        }
        catch (StreamException e)
        {
            return e.Code;
        }
    }
}
