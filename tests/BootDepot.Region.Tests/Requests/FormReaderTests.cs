using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Requests;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Requests;

/// <summary>Section 3 of the wire contract: bodies as the clients send them.</summary>
public sealed class FormReaderTests : IDisposable
{
    private const string B = "===============7449744698212763207==";
    private const string Type = "multipart/form-data; boundary=\"" + B + "\"";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parts_of_the_Python_clients_are_base64_and_wrapped()
    {
        var sha = new string('a', 64);
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(sha));
        var body = $"--{B}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"arches\"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\nYW1kNjQ=\r\n\r\n"
            + $"--{B}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"sha256\"\r\n\r\n{text[..76]}\r\n{text[76..]}\r\n\r\n"
            + $"--{B}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"keyring_data\"; filename=\"keyring_data\"\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\nmQFncGc=\r\n\r\n--{B}--";
        await using var form = await ReadAsync(Type, body);
        form.Fields.LastOrNull("arches").ShouldBe("amd64");
        form.Fields.LastOrNull("sha256").ShouldBe(sha);
        form.Fields.Has("keyring_data").ShouldBeFalse();
        (await form.FileOrNull("keyring_data")!.ReadAllAsync(default)).ShouldBe(Convert.FromBase64String("mQFncGc="));
    }

    [Fact]
    public async Task The_empty_multipart_of_libmaas_has_no_fields()
    {
        var body = $"--{B}\r\n\r\n--{B}--";
        body.Length.ShouldBe(82);
        await using var form = await ReadAsync(Type, body);
        form.Fields.Pairs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--B--")]
    [InlineData("--B--\r\nepilogue")]
    [InlineData("preamble\r\n--B--\r\n")]
    [InlineData("")]
    public async Task Zero_parts_make_an_empty_form(string body)
    {
        await using var form = await ReadAsync("multipart/form-data; boundary=B", body);
        form.Fields.Pairs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--B--", "one")]
    [InlineData("--B\nContent-Disposition: form-data; name=\"a\"\n\none\n--B--\n", "one")]
    [InlineData("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--B--", "")]
    [InlineData("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n--B--", "")]
    [InlineData("--B\r\nContent-Disposition: form-data; name=a\r\n\r\none\r\n--Bx\r\ntwo\r\n--B--", "one\r\n--Bx\r\ntwo")]
    [InlineData("--B\r\nContent-Disposition: form-data; name=a\r\n\r\na\r\r\n\r\n--B--", "a\r\r\n")]
    [InlineData("--B  \r\ncontent-disposition:form-data;\r\n name=\"a\"\r\n\r\none\r\n--B  \r\n\r\n--B--", "one")]
    [InlineData("--B\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=a\r\n\r\n%%%\r\n--B--", "%%%")]
    public async Task Multipart_is_read(string body, string expected)
    {
        await using var form = await ReadAsync("multipart/form-data; boundary=B", body);
        form.Fields.LastOrNull("a").ShouldBe(expected);
    }

    [Theory]
    [InlineData("multipart/form-data", "--B--")]
    [InlineData("multipart/form-data; boundary=", "--B--")]
    [InlineData("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=a\r\n\r\none")]
    [InlineData("multipart/form-data; boundary=B", "--B\r\nContent-Disp")]
    [InlineData("multipart/form-data; boundary=B", "nothing here")]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{\"a\": {\"b\": 1}}")]
    [InlineData("application/json", "{\"a\": [[1]]}")]
    [InlineData("application/json", "{\"a\": \"\\ud800\"}")]
    public async Task Malformed_bodies_are_bad_requests(string contentType, string body)
    {
        var e = await Should.ThrowAsync<FormException>(() => ReadAsync(contentType, body));
        (e.Status, e.Message).ShouldBe((400, "Bad Request"));
    }

    [Fact]
    public async Task Json_makes_the_same_form()
    {
        await using var form = await ReadAsync("application/json; charset=utf-8", """{"a": "x", "l": ["1", 2], "t": true, "n": null}""");
        form.Fields.LastOrNull("a").ShouldBe("x");
        form.Fields.All("l").ShouldBe(["1", "2"]);
        form.Fields.LastOrNull("t").ShouldBe("true");
        form.Fields.LastOrNull("n").ShouldBe("");
    }

    [Fact]
    public async Task Url_encoded_keys_repeat_and_are_case_sensitive()
    {
        await using var form = await ReadAsync("application/x-www-form-urlencoded", "arches=amd64&arches=arm64&Type=x&a=b+c%2Bd%zz&&=");
        form.Fields.All("arches").ShouldBe(["amd64", "arm64"]);
        form.Fields.Has("type").ShouldBeFalse();
        form.Fields.LastOrNull("a").ShouldBe("b c+d%zz");
    }

    [Fact]
    public async Task Content_larger_than_the_buffer_comes_through_whole()
    {
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var head = Encoding.ASCII.GetBytes("--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n");
        var body = new MemoryStream([.. head, .. content, .. "\r\n--B--"u8]);
        await using var form = await new FormReader(_folder.Path).ReadAsync("multipart/form-data; boundary=B", new Trickle(body, 7919), FormLimits.Small, default);
        (await form.FileOrNull("f")!.ReadAllAsync(default)).ShouldBe(content);
    }

    [Fact]
    public async Task Each_limit_holds()
    {
        var limits = new FormLimits(Fields: 3, FieldBytes: 100, PartHeaderBytes: 200, FileBytes: 1000);
        await Refused(413, "application/x-www-form-urlencoded", new string('a', 101));
        await Refused(413, "application/json", new string(' ', 101));
        await Refused(400, "application/x-www-form-urlencoded", "a&b&c&d");
        await Refused(400, "application/json", "{\"a\":[1,2,3,4]}");
        await Refused(400, "multipart/form-data; boundary=B", string.Concat(Enumerable.Repeat("--B\r\n\r\n\r\n", 4)) + "--B--");
        await Refused(413, "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n" + new string('a', 101) + "\r\n--B--");
        await Refused(413, "multipart/form-data; boundary=B", "--B\r\nX: " + new string('a', 201) + "\r\n\r\n\r\n--B--");
        await Refused(413, "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n" + new string('a', 1001) + "\r\n--B--");

        async Task Refused(int status, string type, string body) =>
            (await Should.ThrowAsync<FormException>(
                () => new FormReader(_folder.Path).ReadAsync(type, Stream(body), limits, default))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task No_temporary_file_stays()
    {
        var form = await ReadAsync("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nx\r\n--B--");
        Directory.GetFiles(_folder.Path).Length.ShouldBe(1);
        await form.DisposeAsync();
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    private Task<Form> ReadAsync(string contentType, string body) =>
        new FormReader(_folder.Path).ReadAsync(contentType, Stream(body), FormLimits.Small, CancellationToken.None);

    private static MemoryStream Stream(string body) => new(Encoding.UTF8.GetBytes(body));

    // Gives its bytes in odd pieces, so that every delimiter is cut somewhere.
    private sealed class Trickle(Stream inner, int piece) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, piece));
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
