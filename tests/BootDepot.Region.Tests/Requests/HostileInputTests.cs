using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Auth;
using BootDepot.Region.Tests.Wire;
using BootDepot.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace BootDepot.Region.Tests.Requests;

/// <summary>Whatever strangers send: an answer below 500, and no more memory than the limits allow.</summary>
public sealed class HostileInputTests(SharedRegion shared) : IClassFixture<SharedRegion>
{
    private static readonly string[] Scraps =
    [
        "--B", "--B--", "\r\n", "\n", "\r", "\r\n--B\r\n", "\r\n--B--", "Content-Disposition: form-data; name=\"a\"", "; filename=\"f\"",
        "Content-Transfer-Encoding: base64", "\r\n\r\n", "YW1kNjQ=", "====", "%41%zz&a=b", "{\"a\":", "[1,2]", "\"\\ud800\"", "}", "\0", "é", "\"", "\\",
        "name=", ":", ";", "=", "--", "--Bx", new string('x', 300),
    ];

    private static readonly string[] Types =
    [
        "multipart/form-data; boundary=B", "multipart/form-data; boundary=\"B\"", "multipart/form-data", "multipart/form-data; boundary=\"\"",
        "application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data; boundary=" + new string('B', 200),
        "application/json; charset=utf-16", "multipart/form-data; charset=; boundary=B; boundary=C", ";;;", "=",
    ];

    private readonly RegionFixture _region = shared.Region;

    [Fact]
    public async Task The_form_reader_gives_a_form_or_a_refusal_and_stays_within_its_limits()
    {
        using var folder = new TempFolder();
        var reader = new FormReader(folder.Path);
        var limits = new FormLimits(20, 2000, 500, 1000);
        var random = new Random(20260101);
        for (var i = 0; i < 20_000; i++)
        {
            var body = new MemoryStream(Body(random));
            try
            {
                await using var form = await reader.ReadAsync(Types[random.Next(Types.Length)], body, limits, default);
                form.Fields.Pairs.Sum(f => f.Value.Length).ShouldBeLessThanOrEqualTo(limits.FieldBytes);
                form.Fields.Pairs.Length.ShouldBeLessThanOrEqualTo(limits.Fields);
            }
            catch (FormException e)
            {
                (e.Status is 400 or 413).ShouldBeTrue(e.Message);
            }
        }

        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_of_any_size_takes_no_more_memory_than_the_limit()
    {
        using var folder = new TempFolder();
        var reader = new FormReader(folder.Path);
        foreach (var type in Types)
        {
            var body = new EndlessBody("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"u8.ToArray());
            var thread = Environment.CurrentManagedThreadId;
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                await using var form = await reader.ReadAsync(type, body, FormLimits.Small, default);
            }
            catch (FormException)
            {
            }

            body.Given.ShouldBeLessThan(2L * 1024 * 1024, type);
            // The count is a thread's: it says nothing when the reading went on in another one.
            if (thread == Environment.CurrentManagedThreadId)
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16L * 1024 * 1024, type);
        }
    }

    [Fact]
    public void Multipart_fields_come_back_as_they_were_written() =>
        Prop.ForAll<string[]>(values =>
        {
            var fields = (values ?? []).Select((v, i) => ($"f{i}", (object)new string([.. (v ?? "").Where(c => !char.IsSurrogate(c))]))).ToArray();
            using var folder = new TempFolder();
            var body = new MemoryStream(ClientWire.Multipart(fields));
#pragma warning disable xUnit1031, VSTHRD002 // FsCheck's properties are not asynchronous; the body is in memory
            var form = new FormReader(folder.Path)
                .ReadAsync("multipart/form-data; boundary=\"===============7449744698212763207==\"", body, FormLimits.Small, default)
                .GetAwaiter().GetResult();
#pragma warning restore xUnit1031, VSTHRD002
            return form.Fields.Pairs.Select(f => (f.Key, f.Value)).SequenceEqual(fields.Select(f => (f.Item1, (string)f.Item2)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Url_encoding_comes_back_as_it_was_written() =>
        Prop.ForAll<string>(text =>
        {
            var clean = new string([.. (text ?? "").Where(c => !char.IsSurrogate(c))]);
            return UrlEncoding.Decode(Uri.EscapeDataString(clean), plusIsBlank: true) == clean;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_OAuth_parser_reads_anything()
    {
        Prop.ForAll<string>(text =>
        {
            _ = OAuthParameters.FromHeaderOrNull("OAuth " + text);
            return true;
        }).QuickCheckThrowOnFailure();
        OAuthParameters.FromHeaderOrNull("OAuth " + new string('a', 100_000)).ShouldBeNull();
        OAuthParameters.FromHeaderOrNull("oauth a=\"b\"").ShouldBeNull();
        var read = OAuthParameters.FromHeaderOrNull("OAuth oauth_token=\"a%26b+c\" ,oauth_nonce=x,realm=\"oauth_token\",=,,oauth_version")!;
        (read.Token, read.Nonce, read.Version).ShouldBe(("a&b+c", "x", null));
    }

    [Fact]
    public async Task The_server_never_answers_5xx_to_hostile_requests()
    {
        var random = new Random(7);
        string[] paths = ["boot-sources/", "boot-resources/", "maas/?op=set_config", "account/?op=create_authorisation_token", "users/", "boot-sources/1/selections/", "boot-resources/%00/", "boot-sources/?op=%ff%fe&%%%", "events/?limit=-9&before=x"];
        for (var i = 0; i < 400; i++)
        {
            var body = Body(random);
            var authorization = random.Next(4) switch
            {
                0 => "OAuth " + Scrap(random).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal),
                1 => RegionFixture.Sign(_region.AdminKey, timestamp: random.NextInt64(long.MinValue, 1)),
                _ => RegionFixture.Sign(_region.AdminKey),
            };
            var head = $"{(random.Next(2) == 0 ? "POST" : "PUT")} /MAAS/api/2.0/{paths[random.Next(paths.Length)]} HTTP/1.1\r\nHost: x\r\n"
                + $"Authorization: {authorization}\r\nContent-Type: {Types[random.Next(Types.Length)]}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
            var reply = await RawWire.SendAsync(_region.Host.Url, [.. Encoding.UTF8.GetBytes(head), .. body]);
            reply.Status.ShouldBeLessThan(500, head + Encoding.UTF8.GetString(body));
        }
    }

    private static byte[] Body(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(20); i >= 0; i--)
            text.Append(Scrap(random));
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        for (var i = random.Next(3); i > 0 && bytes.Length > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static string Scrap(Random random) => Scraps[random.Next(Scraps.Length)];

    // A beginning, then the letter a for ever.
    private sealed class EndlessBody(byte[] beginning) : System.IO.Stream
    {
        public long Given { get; private set; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => Given; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++, Given++)
                buffer[offset + i] = Given < beginning.Length ? beginning[Given] : (byte)'a';
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
