using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Tests;

public sealed class StreamFetcherTests : IDisposable
{
    private const string Index = """
        {"format": "index:1.0", "updated": "Fri, 02 Jan 2026 03:04:05 +0000",
         "index": {"org.example:images": {"format": "products:1.0", "datatype": "image-ids", "path": "streams/v1/images.PRODUCTS", "products": []}}}
        """;

    private const string Products = """{"format": "products:1.0", "content_id": "org.example:images", "products": {}}""";

    private static readonly SigningKey Key = SigningKey.Create(SigningKeyKind.Ed25519, "test", TimeProvider.System.GetUtcNow().AddHours(-1));
    private static readonly SigningKey Stranger = SigningKey.Create(SigningKeyKind.Ed25519, "stranger", TimeProvider.System.GetUtcNow().AddHours(-1));

    private readonly HttpSender _http = new(new HttpSettings(), TimeProvider.System);
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private static StreamTrust Trust => StreamTrust.In(Keyring.Parse(Key.ExportPublicKey()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("sjson")]
    [InlineData("json")]
    public async Task Signed_documents_are_read_from_their_verified_text(string kind)
    {
        Publish(kind, Key);
        await using var server = Serve();
        var index = (await IndexAsync(server, kind, Trust)).ShouldBeOfType<StreamAnswer<StreamIndex>.Read>();
        index.Signature.ShouldNotBeNull();
        var products = (await ProductsAsync(server, kind, index.Document, Trust)).ShouldBeOfType<StreamAnswer<ProductDocument>.Read>();
        products.Document.ContentId.ShouldBe("org.example:images");
        Encoding.UTF8.GetString(products.Text.Span).Trim().ShouldBe(Products);
    }

    [Theory]
    [InlineData("sjson")]
    [InlineData("json")]
    public async Task An_unchanged_document_costs_one_request(string kind)
    {
        Publish(kind, Key);
        await using var server = Serve();
        var index = (await IndexAsync(server, kind, Trust)).ShouldBeOfType<StreamAnswer<StreamIndex>.Read>();
        server.Requests.Clear();
        (await IndexAsync(server, kind, Trust, index.State)).ShouldBeOfType<StreamAnswer<StreamIndex>.NotModified>();
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("sjson")]
    [InlineData("json")]
    public async Task A_strangers_signature_is_refused(string kind)
    {
        Publish(kind, Stranger);
        await using var server = Serve();
        await FailsAsync(server, kind, Trust, StreamErrors.SignatureKeyUnknown);
    }

    [Fact]
    public async Task A_missing_signature_is_refused()
    {
        Publish("json", Key);
        _files.Remove("/streams/v1/index.json.gpg");
        _files["/streams/v1/index.sjson"] = Encoding.UTF8.GetBytes(Index);
        await using var server = Serve();
        await FailsAsync(server, "json", Trust, StreamErrors.SignatureMissing);
        await FailsAsync(server, "sjson", Trust, StreamErrors.SignatureMissing);
    }

    [Fact]
    public async Task A_tampered_document_is_refused()
    {
        Publish("sjson", Key);
        Publish("json", Key);
        foreach (var file in _files.Keys.Where(path => !path.EndsWith(".gpg", StringComparison.Ordinal)).ToList())
            _files[file] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_files[file]).Replace("org.example", "org.evil", StringComparison.Ordinal));
        await using var server = Serve();
        await FailsAsync(server, "sjson", Trust, StreamErrors.SignatureBad);
        await FailsAsync(server, "json", Trust, StreamErrors.SignatureBad);
    }

    [Theory]
    [InlineData("sjson")]
    [InlineData("json")]
    public async Task Without_verification_any_form_is_read(string kind)
    {
        Publish(kind, Stranger);
        await using var server = Serve();
        (await IndexAsync(server, kind, StreamTrust.Unverified)).ShouldBeOfType<StreamAnswer<StreamIndex>.Read>().Signature.ShouldBeNull();
        _files[$"/streams/v1/index.{kind}"] = Encoding.UTF8.GetBytes(Index);
        (await IndexAsync(server, kind, StreamTrust.Unverified)).ShouldBeOfType<StreamAnswer<StreamIndex>.Read>();
    }

    [Fact]
    public async Task A_signed_document_in_the_place_of_another_is_refused()
    {
        Publish("sjson", Key);
        _files["/streams/v1/images.sjson"] = Key.ClearSign(
            Encoding.UTF8.GetBytes(Products.Replace("images", "others", StringComparison.Ordinal) + "\n"), TimeProvider.System.GetUtcNow());
        await using var server = Serve();
        var index = (await IndexAsync(server, "sjson", Trust)).ShouldBeOfType<StreamAnswer<StreamIndex>.Read>();
        (await ProductsAsync(server, "sjson", index.Document, Trust))
            .ShouldBeOfType<StreamAnswer<ProductDocument>.Failed>().Fault.Code.ShouldBe(StreamErrors.DocumentWrongContentId);
    }

    [Fact]
    public async Task A_login_page_in_the_place_of_a_document_is_refused()
    {
        _files["/streams/v1/index.sjson"] = Encoding.UTF8.GetBytes("<html>Please log in</html>");
        await using var server = Serve();
        await FailsAsync(server, "sjson", Trust, StreamErrors.SignatureMissing);
        await FailsAsync(server, "sjson", StreamTrust.Unverified, StreamErrors.SignatureMissing);
    }

    private void Publish(string kind, SigningKey key)
    {
        foreach (var (name, text) in new[] { ("index", Index.Replace("PRODUCTS", kind, StringComparison.Ordinal)), ("images", Products) })
        {
            var bytes = Encoding.UTF8.GetBytes(text + "\n");
            var path = $"/streams/v1/{name}.{kind}";
            _files[path] = kind == "json" ? bytes : key.ClearSign(bytes, TimeProvider.System.GetUtcNow());
            if (kind == "json")
                _files[path + ".gpg"] = key.SignDetached(bytes, TimeProvider.System.GetUtcNow());
        }
    }

    private RawServer Serve() => new((request, answer) =>
        !_files.TryGetValue(request.Target, out var file) ? answer.SendAsync("404 Not Found")
        : request["If-None-Match"] == "\"1\"" ? answer.HeadAsync("304 Not Modified")
        : answer.SendAsync("200 OK", file, "ETag: \"1\""));

    private async Task FailsAsync(RawServer server, string kind, StreamTrust trust, string code)
    {
        var fault = (await IndexAsync(server, kind, trust)).ShouldBeOfType<StreamAnswer<StreamIndex>.Failed>().Fault;
        fault.Code.ShouldBe(code);
        fault.Message.ShouldContain("/streams/v1/index");
    }

    private Task<StreamAnswer<StreamIndex>> IndexAsync(RawServer server, string kind, StreamTrust trust, DocumentState? known = null) =>
        Fetcher().FetchIndexAsync(StreamLocation.Parse(server.Url($"/streams/v1/index.{kind}").AbsoluteUri), trust, known, Cancel);

    private Task<StreamAnswer<ProductDocument>> ProductsAsync(RawServer server, string kind, StreamIndex index, StreamTrust trust) =>
        Fetcher().FetchProductsAsync(
            StreamLocation.Parse(server.Url($"/streams/v1/index.{kind}").AbsoluteUri), index.Entries.Values.Single(), trust, null, Cancel);

    private StreamFetcher Fetcher() => new(new DocumentFetcher(_http, TransferBench.Quick), TimeProvider.System);
}
