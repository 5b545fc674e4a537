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

public sealed class SignedDocumentFetcherTests : IDisposable
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

    private static Keyring Trust => Keyring.Parse(Key.ExportPublicKey());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("sjson")]
    [InlineData("json")]
    public async Task Signed_documents_are_read_from_their_verified_text(string kind)
    {
        Publish(kind, Key);
        await using var server = Serve();
        var index = (await IndexAsync(server, kind, Trust)).ShouldBeOfType<SignedDocumentAnswer.Fetched>();
        index.Signature.ShouldNotBeNull();
        var parsed = DocumentReader.ReadIndex(index.Text.Span);
        var products = (await FetchAsync(server, kind, parsed.Entries.Values.Single().GetPath(), Trust)).ShouldBeOfType<SignedDocumentAnswer.Fetched>();
        DocumentReader.ReadProducts(products.Text.Span).ContentId.ShouldBe("org.example:images");
        Encoding.UTF8.GetString(products.Text.Span).Trim().ShouldBe(Products);
        products.Received.ToArray().ShouldBe(_files[$"/streams/v1/images.{kind}"]);
        products.DetachedSignature.HasValue.ShouldBe(kind == "json");
    }

    [Theory]
    [InlineData("sjson")]
    [InlineData("json")]
    public async Task An_unchanged_document_costs_one_request(string kind)
    {
        Publish(kind, Key);
        await using var server = Serve();
        var index = (await IndexAsync(server, kind, Trust)).ShouldBeOfType<SignedDocumentAnswer.Fetched>();
        server.Requests.Clear();
        (await IndexAsync(server, kind, Trust, index.State)).ShouldBeOfType<SignedDocumentAnswer.NotModified>();
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
        (await IndexAsync(server, kind, null)).ShouldBeOfType<SignedDocumentAnswer.Fetched>().Signature.ShouldBeNull();
        _files[$"/streams/v1/index.{kind}"] = Encoding.UTF8.GetBytes(Index);
        (await IndexAsync(server, kind, null)).ShouldBeOfType<SignedDocumentAnswer.Fetched>();
    }

    [Fact]
    public async Task A_document_that_is_replaced_between_it_and_its_signature_is_read_again()
    {
        Publish("json", Key);
        var older = _files["/streams/v1/index.json"];
        var isFirst = true;
        await using var server = new RawServer((request, answer) =>
        {
            var file = _files[request.Target];
            if (request.Target.EndsWith(".json", StringComparison.Ordinal) && isFirst)
                (file, isFirst) = ([.. older, (byte)' '], false);
            return answer.SendAsync("200 OK", file);
        });
        (await IndexAsync(server, "json", Trust)).ShouldBeOfType<SignedDocumentAnswer.Fetched>();
    }

    [Fact]
    public async Task A_login_page_in_the_place_of_a_document_is_refused()
    {
        _files["/streams/v1/index.sjson"] = Encoding.UTF8.GetBytes("<html>Please log in</html>");
        await using var server = Serve();
        await FailsAsync(server, "sjson", Trust, StreamErrors.SignatureMissing);
        await FailsAsync(server, "sjson", null, StreamErrors.SignatureMissing);
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

    private async Task FailsAsync(RawServer server, string kind, Keyring? trust, string code)
    {
        var fault = (await IndexAsync(server, kind, trust)).ShouldBeOfType<SignedDocumentAnswer.Failed>().Fault;
        fault.Code.ShouldBe(code);
        fault.Message.ShouldContain("/streams/v1/index");
    }

    private Task<SignedDocumentAnswer> IndexAsync(RawServer server, string kind, Keyring? trust, DocumentState? known = null) =>
        FetchAsync(server, kind, StreamPath.Parse($"streams/v1/index.{kind}"), trust, known);

    private Task<SignedDocumentAnswer> FetchAsync(RawServer server, string kind, StreamPath path, Keyring? trust, DocumentState? known = null) =>
        new SignedDocumentFetcher(new DocumentFetcher(_http, TransferBench.Quick), TimeProvider.System).FetchAsync(
            StreamLocation.Parse(server.Url($"/streams/v1/index.{kind}").AbsoluteUri), path, known, trust, null, Cancel);
}
