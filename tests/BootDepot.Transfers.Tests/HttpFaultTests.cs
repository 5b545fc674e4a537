using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Tests;

/// <summary>What lies between us and a server: names, connections, TLS, proxies, redirects.</summary>
public sealed class HttpFaultTests : IDisposable
{
    private static readonly byte[] File = TransferBench.Bytes(50_000);
    private readonly TransferBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_refused_connection_is_named_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        var failed = await _bench.FailAsync(TransferBench.Request(File, new Uri($"http://127.0.0.1:{port}/x")));
        failed.Fault.Code.ShouldBe(TransferErrors.ConnectionRefused);
        failed.Fault.Message.ShouldContain($"127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_name_without_an_address_is_named_so()
    {
        // RFC 6761, section 6.4: "invalid" has no names.
        var failed = await _bench.FailAsync(TransferBench.Request(File, new Uri("http://mirror.invalid/x")), null, TransferBench.Quick with { Attempts = 1 });
        failed.Fault.Code.ShouldBe(TransferErrors.Dns);
        failed.Fault.Message.ShouldContain("mirror.invalid");
    }

    [Fact]
    public async Task What_is_not_http_is_not_asked()
    {
        var failed = await _bench.FailAsync(TransferBench.Request(File, new Uri("file:///etc/passwd")));
        failed.Fault.Code.ShouldBe(TransferErrors.UrlRefused);
    }

    [Fact]
    public async Task An_answer_that_is_not_http_is_named_so()
    {
        await using var server = new RawServer((_, answer) => answer.BodyAsync("SSH-2.0-OpenSSH\r\n\r\n"u8.ToArray()));
        (await _bench.FailAsync(TransferBench.Request(File, server.Url()))).Fault.Code.ShouldBe(TransferErrors.AnswerMalformed);
    }

    [Fact]
    public async Task A_connection_that_closes_without_an_answer_is_truncated()
    {
        await using var server = new RawServer((_, _) => Task.CompletedTask);
        (await _bench.FailAsync(TransferBench.Request(File, server.Url()))).Fault.Code.ShouldBe(TransferErrors.Truncated);
    }

    [Fact]
    public async Task A_private_authority_is_trusted_only_when_it_is_configured()
    {
        using var key = RSA.Create(2048);
        using var certificate = Certificate(key);
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File), certificate);
        (await _bench.FailAsync(TransferBench.Request(File, server.Url()))).Fault.Code.ShouldBe(TransferErrors.Tls);

        var ca = Path.Combine(_bench.Root, "ca.pem");
        await System.IO.File.WriteAllTextAsync(ca, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await _bench.FetchWholeAsync(File, new HttpSettings { CaFiles = [ca] }, server.Url());
        System.IO.File.Delete(ca);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Up_to_five_redirects_are_followed(int status)
    {
        await using var server = new RawServer((request, answer) => request.Target == "/hop5"
            ? answer.FileAsync(request, File)
            : answer.SendAsync($"{status} Moved", $"Location: /hop{(request.Target == "/file" ? 1 : request.Target[4] - '0' + 1)}"));
        await _bench.FetchWholeAsync(File, null, server.Url());
        server.Requests.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData("/same")]
    [InlineData("/longer{0}")]
    public async Task Circles_and_endless_redirects_end(string to)
    {
        var n = 0;
        await using var server = new RawServer((_, answer) => answer.SendAsync("302 Found", "Location: " + string.Format(System.Globalization.CultureInfo.InvariantCulture, to, n++)));
        (await _bench.FailAsync(TransferBench.Request(File, server.Url()))).Fault.Code.ShouldBe(TransferErrors.RedirectLoop);
        server.Requests.Count.ShouldBeLessThanOrEqualTo(6);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/x")]
    [InlineData("javascript:alert(1)")]
    public async Task A_redirect_to_another_scheme_is_refused(string location)
    {
        await using var server = new RawServer((_, answer) => answer.SendAsync("302 Found", "Location: " + location));
        (await _bench.FailAsync(TransferBench.Request(File, server.Url()))).Fault.Code.ShouldBe(TransferErrors.RedirectRefused);
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_refused()
    {
        using var key = RSA.Create(2048);
        using var certificate = Certificate(key);
        await using var plain = new RawServer((request, answer) => answer.FileAsync(request, File));
        await using var server = new RawServer((_, answer) => answer.SendAsync("302 Found", "Location: " + plain.Url()), certificate);
        var ca = Path.Combine(_bench.Root, "ca.pem");
        await System.IO.File.WriteAllTextAsync(ca, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        var failed = await _bench.FailAsync(TransferBench.Request(File, server.Url()), new HttpSettings { CaFiles = [ca] });
        failed.Fault.Code.ShouldBe(TransferErrors.RedirectRefused);
        plain.Requests.ShouldBeEmpty();
        System.IO.File.Delete(ca);
    }

    [Fact]
    public async Task Credentials_stay_with_their_server()
    {
        await using var other = new RawServer((request, answer) => answer.FileAsync(request, File));
        await using var server = new RawServer((request, answer) => request.Target == "/file"
            ? answer.SendAsync("302 Found", "Location: /here")
            : answer.SendAsync("302 Found", "Location: " + other.Url()));
        await _bench.FetchWholeAsync(File, null, UrlSecrets.With(server.Url(), "u:p"));
        server.Requests.Count(request => request["Authorization"] == "Basic dTpw").ShouldBe(2);
        other.Requests.Single()["Authorization"].ShouldBeNull();
    }

    [Fact]
    public async Task Every_hop_can_be_refused()
    {
        await using var inner = new RawServer((request, answer) => answer.FileAsync(request, File));
        await using var server = new RawServer((_, answer) => answer.SendAsync("302 Found", "Location: " + inner.Url("/inner")));
        var settings = new HttpSettings
        {
            CheckHop = (url, _) => ValueTask.FromResult(url.AbsolutePath == "/inner" ? new Fault("not-there", "Not there.") : null),
        };
        (await _bench.FailAsync(TransferBench.Request(File, server.Url()), settings)).Fault.Code.ShouldBe("not-there");
        inner.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_proxy_gets_the_requests_and_its_credentials()
    {
        await using var proxy = new RawServer((request, answer) => request["Proxy-Authorization"] == "Basic " + Convert.ToBase64String("us er:pa@ss"u8)
            ? answer.FileAsync(request, File)
            : answer.SendAsync("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"p\""));
        await _bench.FetchWholeAsync(File, new HttpSettings { Proxy = $"http://us%20er:pa%40ss@127.0.0.1:{proxy.Port}" }, new Uri("http://images.example/file"));
        proxy.Requests.Last().Target.ShouldBe("http://images.example/file");
    }

    [Theory]
    [InlineData("http://images.example/file")]
    [InlineData("https://images.example/file")]
    public async Task A_proxy_that_wants_credentials_is_named(string url)
    {
        await using var proxy = new RawServer((_, answer) => answer.SendAsync("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"p\""));
        var failed = await _bench.FailAsync(TransferBench.Request(File, new Uri(url)), new HttpSettings { Proxy = $"http://user:secret@127.0.0.1:{proxy.Port}" });
        failed.Fault.Code.ShouldBe(TransferErrors.ProxyAuth);
        failed.Fault.Message.ShouldContain($"http://127.0.0.1:{proxy.Port}");
        failed.Fault.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("http://images.example/file")]
    [InlineData("https://images.example/file")]
    public async Task A_proxy_that_is_down_is_named(string url)
    {
        var failed = await _bench.FailAsync(TransferBench.Request(File, new Uri(url)), new HttpSettings { Proxy = "http://127.0.0.1:1" });
        failed.Fault.Code.ShouldBe(TransferErrors.Proxy);
        failed.Fault.Message.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task What_is_excepted_is_reached_without_the_proxy()
    {
        await using var server = new RawServer((request, answer) => answer.FileAsync(request, File));
        await _bench.FetchWholeAsync(File, new HttpSettings { Proxy = "http://127.0.0.1:1", NoProxy = ["127.0.0.0/8"] }, server.Url());
    }

    [Theory]
    [InlineData("example.org", "http://example.org/", true)]
    [InlineData("example.org", "http://a.b.EXAMPLE.org:81/", true)]
    [InlineData(".example.org", "http://a.example.org/", true)]
    [InlineData(".example.org", "http://example.org/", true)]
    [InlineData("example.org", "http://notexample.org/", false)]
    [InlineData("10.0.0.0/8", "http://10.2.3.4/", true)]
    [InlineData("10.0.0.0/8", "http://11.2.3.4/", false)]
    [InlineData("10.0.0.0/8", "http://ten.example/", false)]
    [InlineData("192.0.2.7", "http://192.0.2.7:5240/", true)]
    [InlineData("::1", "http://[::1]:5240/", true)]
    [InlineData("[::1]", "http://[::1]/", true)]
    [InlineData("fd00::/8", "http://[fd12::1]/", true)]
    [InlineData("*", "http://anything.example/", true)]
    public void Exceptions_from_the_proxy_are_names_addresses_and_networks(string rule, string url, bool bypassed)
    {
        ProxyRules.IsRule(rule).ShouldBeTrue();
        new ProxyRules(new Uri("http://proxy.example"), [rule]).IsBypassed(new Uri(url)).ShouldBe(bypassed);
    }

    [Fact]
    public void Unusable_settings_are_all_named_at_once()
    {
        var settings = new HttpSettings
        {
            Proxy = "proxy.example:3128",
            NoProxy = ["fine.example", "10.0.0.0/99", "a b"],
            CaFiles = ["/nowhere/ca.pem"],
            StallTimeout = TimeSpan.Zero,
        };
        settings.Problems().Count.ShouldBe(5);
        settings.Problems().ShouldAllBe(problem => problem.Code == TransferErrors.SettingInvalid);
        Should.Throw<ArgumentException>(() => new HttpSender(settings, TimeProvider.System));
    }

    private static X509Certificate2 Certificate(RSA key)
    {
        var request = new CertificateRequest("CN=BootDepot test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}
