using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Tests;

public sealed class DocumentFetcherTests : IDisposable
{
    private const int Limit = 100_000;
    private static readonly byte[] Document = Encoding.UTF8.GetBytes($"{{\"a\": \"{new string('x', 50_000)}\"}}");

    private readonly HttpSender _http = new(new HttpSettings { StallTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_document_is_fetched_only_when_it_changed()
    {
        await using var server = new RawServer((request, answer) => request["If-None-Match"] == "\"1\""
            ? answer.HeadAsync("304 Not Modified", "ETag: \"1\"")
            : answer.SendAsync("200 OK", Document, "ETag: \"1\"", "Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT"));
        var first = (await FetchAsync(server, null)).ShouldBeOfType<DocumentAnswer.Fetched>();
        first.Bytes.ToArray().ShouldBe(Document);
        first.State.ShouldBe(new DocumentState("\"1\"", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        (await FetchAsync(server, first.State)).ShouldBeOfType<DocumentAnswer.NotModified>();
        server.Requests.Count.ShouldBe(2);
        server.Requests.Last()["If-Modified-Since"].ShouldBe("Fri, 02 Jan 2026 03:04:05 GMT");
    }

    [Fact]
    public async Task Unchanged_without_having_been_asked_is_no_answer()
    {
        await using var server = new RawServer((_, answer) => answer.HeadAsync("304 Not Modified"));
        await FailsAsync(server, TransferErrors.StatusUnexpected);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_packed_document_is_unpacked(string encoding)
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync("200 OK", Pack(Document, encoding), "Content-Encoding: " + encoding));
        (await FetchAsync(server, null)).ShouldBeOfType<DocumentAnswer.Fetched>().Bytes.ToArray().ShouldBe(Document);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_document_that_unpacks_to_too_much_is_refused(string encoding)
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync("200 OK", Pack(new byte[50 << 20], encoding), "Content-Encoding: " + encoding));
        await FailsAsync(server, TransferErrors.DocumentTooLarge);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_document_beyond_the_limit_is_refused(bool announced)
    {
        var large = new byte[Limit + 1];
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", announced ? [$"Content-Length: {large.Length}"] : []);
            await answer.BodyAsync(large);
        });
        await FailsAsync(server, TransferErrors.DocumentTooLarge);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_document_at_the_limit_is_taken()
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync("200 OK", new byte[Limit]));
        (await FetchAsync(server, null)).ShouldBeOfType<DocumentAnswer.Fetched>().Bytes.Length.ShouldBe(Limit);
    }

    [Theory]
    [InlineData("zstd", TransferErrors.EncodingUnusable)]
    [InlineData("gzip, gzip", TransferErrors.EncodingUnusable)]
    [InlineData("gzip", TransferErrors.EncodingUnusable)]
    [InlineData("br", TransferErrors.EncodingUnusable)]
    public async Task An_unusable_packing_is_named(string encoding, string code)
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync("200 OK", Document, "Content-Encoding: " + encoding));
        await FailsAsync(server, code);
    }

    [Theory]
    [InlineData("404 Not Found", TransferErrors.NotFound, 1)]
    [InlineData("403 Forbidden", TransferErrors.Forbidden, 1)]
    [InlineData("500 Internal Server Error", TransferErrors.ServerError, 3)]
    [InlineData("206 Partial Content", TransferErrors.StatusUnexpected, 1)]
    public async Task A_status_has_its_code(string status, string code, int requests)
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync(status));
        await FailsAsync(server, code);
        server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task A_passing_failure_is_overcome()
    {
        var n = 0;
        await using var server = new RawServer(async (_, answer) =>
        {
            n++;
            if (n == 1)
                await answer.SendAsync("503 Service Unavailable");
            else if (n == 2)
                await answer.HeadAsync("200 OK", $"Content-Length: {Document.Length}"); // and no body
            else
                await answer.SendAsync("200 OK", Document);
        });
        (await FetchAsync(server, null)).ShouldBeOfType<DocumentAnswer.Fetched>();
    }

    [Fact]
    public async Task A_document_that_stalls_is_given_up()
    {
        await using var server = new RawServer(async (_, answer) =>
        {
            await answer.HeadAsync("200 OK", "Content-Length: 100");
            await answer.StallAsync();
        });
        using var http = new HttpSender(new HttpSettings { StallTimeout = TimeSpan.FromMilliseconds(100) }, TimeProvider.System);
        var answer = await new DocumentFetcher(http, TransferBench.Quick).FetchAsync(server.Url(), null, Limit, Cancel);
        answer.ShouldBeOfType<DocumentAnswer.Failed>().Fault.Code.ShouldBe(TransferErrors.Stalled);
    }

    private static byte[] Pack(byte[] bytes, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(packed),
        })
        {
            packer.Write(bytes);
            packer.Flush();
            return encoding == "identity" ? bytes : Finish(packer, packed);
        }
    }

    private static byte[] Finish(Stream packer, MemoryStream packed)
    {
        packer.Dispose();
        return packed.ToArray();
    }

    private async Task FailsAsync(RawServer server, string code) =>
        (await FetchAsync(server, null)).ShouldBeOfType<DocumentAnswer.Failed>().Fault.Code.ShouldBe(code);

    private Task<DocumentAnswer> FetchAsync(RawServer server, DocumentState? known) =>
        new DocumentFetcher(_http, TransferBench.Quick).FetchAsync(server.Url(), known, Limit, Cancel);
}
