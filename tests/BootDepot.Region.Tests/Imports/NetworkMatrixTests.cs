using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Imports;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Imports;

/// <summary>
/// Imports over the networks that sites have. All eight by one command: <c>--filter-class '*NetworkMatrixTests'</c>.
/// </summary>
public sealed class NetworkMatrixTests
{
    [Theory]
    [InlineData("direct")]
    [InlineData("proxy")]
    [InlineData("proxy with credentials")]
    [InlineData("no proxy for a network")]
    [InlineData("private authority")]
    [InlineData("redirecting mirror")]
    [InlineData("IPv6")]
    [InlineData("client certificate")]
    public async Task A_set_up_works(string setup)
    {
        using var folder = new TempFolder();
        using var certificate = Certificate($"mirror {Guid.NewGuid():N}");
        using var client = Certificate("rack of servers");
        await File.WriteAllTextAsync(folder["client.pem"], client.ExportCertificatePem() + "\n" + client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var isSecure = setup is "private authority" or "client certificate";
        await using var mirror = await FakeMirror.StartAsync(
            certificate: isSecure ? certificate : null,
            address: setup == "IPv6" ? IPAddress.IPv6Loopback : null,
            clientCertificate: setup == "client certificate" ? client.Thumbprint : null);
        await using var proxy = setup.Contains("proxy", StringComparison.Ordinal) ? ConnectingProxy.Start(setup == "proxy with credentials" ? "ann:s3cret" : null) : null;
        await using var fixture = await ImportFixture.CreateAsync(
            ImportFixture.Quick with { NoProxy = setup == "no proxy for a network" ? ["127.0.0.0/8"] : [] }, withSource: false);
        foreach (var path in fixture.Mirror.Paths)
            mirror.Put(path, fixture.Mirror.Get(path));
        var url = mirror.Url;
        if (setup == "redirecting mirror")
        {
            await using var redirecting = await FakeMirror.StartAsync();
            foreach (var path in mirror.Paths)
            {
                redirecting.Put(path, []);
                redirecting.Break(path, http =>
                {
                    http.Response.Redirect($"{mirror.Url}/{path}");
                    return Task.CompletedTask;
                });
            }

            await ImportAsync(fixture, redirecting.Url, null, null, null);
        }
        else
        {
            await ImportAsync(
                fixture, url, proxy?.UrlWithCredentials,
                isSecure ? certificate.ExportCertificatePem() : null,
                setup == "client certificate" ? folder["client.pem"] : null);
        }

        mirror.Requests.ShouldNotBeEmpty();
        if (proxy is not null)
            (proxy.Requests > 0).ShouldBe(setup != "no proxy for a network");
    }

    [Fact]
    public async Task Each_file_is_taken_from_the_next_mirror_when_the_first_has_it_not()
    {
        await using var fixture = await ImportFixture.CreateAsync(withSource: false);
        await using var second = await FakeMirror.StartAsync();
        foreach (var path in fixture.Mirror.Paths)
            second.Put(path, fixture.Mirror.Get(path));
        fixture.Mirror.Remove("noble/amd64/20260309/squashfs");
        fixture.Mirror.Break("streams/v1/index.sjson", 403);
        await fixture.AddSourceAsync(adjust: s => s.Mirrors = ["http://127.0.0.1:1/", second.Url]);
        var progress = await fixture.ImportAsync();
        progress.Problems.ShouldBeEmpty();
        second.Requests.Select(r => r.Path.TrimStart('/')).ShouldContain("noble/amd64/20260309/squashfs");
        second.Requests.Select(r => r.Path.TrimStart('/')).ShouldNotContain("noble/amd64/20260309/boot-kernel");
    }

    [Fact]
    public async Task A_source_with_a_proxy_of_its_own_uses_it_and_the_others_do_not()
    {
        await using var proxy = ConnectingProxy.Start(null);
        await using var fixture = await ImportFixture.CreateAsync(withSource: false);
        await fixture.AddSourceAsync(adjust: s => s.Proxy = proxy.UrlWithCredentials);
        (await fixture.ImportAsync()).State.ShouldBe(ImportState.Done);
        proxy.Requests.ShouldBeGreaterThan(2);
    }

    /// <summary>
    /// Of a running import of several files. A minute with the bounds that are promised: <c>BOOTDEPOT_RATE_SECONDS=60</c>; without, what no
    /// busy machine changes: never more than the rate, and soon more than it when it is raised. <c>RateLimitTests</c> have the exact bounds.
    /// </summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Bytes_come_at_the_rate_that_is_set_and_follow_a_change()
    {
        const int rate = 2048;
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("BOOTDEPOT_RATE_SECONDS"), System.Globalization.CultureInfo.InvariantCulture, out var s) ? s : 5;
        var (below, above) = seconds >= 60 ? (0.05, 0.05) : (1, 0.4);
        await using var fixture = await ImportFixture.CreateAsync(ImportFixture.Quick with { StallTimeout = TimeSpan.FromMinutes(1) }, withSource: false);
        for (var image = 0; image < 4; image++)
            AddLarge(fixture, $"r{image}", rate * 1024L * (seconds + 40));
        fixture.Stream.Publish(fixture.Mirror);
        await fixture.AddSourceAsync();
        await SetAsync(fixture, "import_rate_kibibytes", rate);
        await fixture.Control.StartAsync("manual", "admin", CancellationToken.None);
        await ImportFixture.WaitAsync(() => Received(fixture) > rate * 1024L);
        var first = await MeasureAsync(fixture, TimeSpan.FromSeconds(seconds));
        await SetAsync(fixture, "import_rate_kibibytes", 2 * rate);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var second = await MeasureAsync(fixture, TimeSpan.FromSeconds(seconds));
        for (var again = 0; seconds < 60 && second < rate * (1 + above) && again < 10; again++)
            second = await MeasureAsync(fixture, TimeSpan.FromSeconds(1));
        await fixture.Control.StopAsync(CancellationToken.None);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{rate} KiB/s: {first:0.0}; from 5 s after the change to {2 * rate} KiB/s on: {second:0.0}; {seconds} s each"));
        first.ShouldBeInRange(rate * (1 - below), rate * (1 + above), "kibibytes per second");
        second.ShouldBeInRange(Math.Max(2 * rate * (1 - below), rate * (1 + above)), 2 * rate * (1 + above), "kibibytes per second");
    }

    private static void AddLarge(ImportFixture fixture, string release, long size)
    {
        var product = fixture.Stream.AddUbuntu(fixture.Mirror, release, release);
        var version = product.Versions.Values.Single();
        var bytes = new GeneratedBytes(release[1], size);
        fixture.Mirror.Put($"{release}/squashfs", bytes);
        var items = version.Items.Values.Where(i => i.Name != "squashfs").Append(SignedTree.Item("squashfs", "squashfs", $"{release}/squashfs", bytes));
        fixture.Stream.Add(SignedTree.Ubuntu, product with
        {
            Versions = SignedTree.Map([version with { Items = SignedTree.Map(items, i => i.Name) }], v => v.Name),
        });
    }

    private static long Received(ImportFixture fixture) => fixture.Control.ProgressOrNull()?.ReceivedBytes ?? 0;

    private static async Task<double> MeasureAsync(ImportFixture fixture, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var before = Received(fixture);
        await Task.Delay(duration);
        return (Received(fixture) - before) / 1024.0 / clock.Elapsed.TotalSeconds;
    }

    private static async Task ImportAsync(ImportFixture fixture, string url, string? proxy, string? authorities, string? clientCertificate)
    {
        await fixture.AddSourceAsync(url, source =>
        {
            source.CertificateAuthorities = authorities;
            source.ClientCertificateFile = clientCertificate;
        });
        if (proxy is not null)
            (await fixture.Settings.SetAsync("http_proxy", JsonValue.Create(proxy), Actor.System, CancellationToken.None)).ShouldBeNull();
        var progress = await fixture.ImportAsync();
        progress.Problems.ShouldBeEmpty();
        progress.State.ShouldBe(ImportState.Done);
    }

    private static async Task SetAsync(ImportFixture fixture, string name, int value) =>
        (await fixture.Settings.SetAsync(name, JsonValue.Create(value), Actor.System, CancellationToken.None)).ShouldBeNull();

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>An http proxy for http: absolute URLs in, answers out. Wants credentials if it is given some.</summary>
    private sealed class ConnectingProxy : IAsyncDisposable
    {
        private readonly string? _credentials;
        private readonly Task _serving;
        private int _requests;

        private ConnectingProxy(string? credentials)
        {
            _credentials = credentials;
            Tcp = new TcpListener(IPAddress.Loopback, 0);
            Tcp.Start();
            _serving = ServeAsync();
        }

        public int Requests => _requests;

        public string UrlWithCredentials => $"http://{(_credentials is null ? "" : _credentials + "@")}127.0.0.1:{((IPEndPoint)Tcp.LocalEndpoint).Port}/";

        private TcpListener Tcp { get; }

        public static ConnectingProxy Start(string? credentials) => new(credentials);

        public async ValueTask DisposeAsync()
        {
            Tcp.Stop();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await Tcp.AcceptTcpClientAsync();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }

                _ = Task.Run(() => AnswerAsync(client));
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                var stream = client.GetStream();
                var head = await ReadHeadAsync(stream);
                if (head.Length == 0)
                    return;
                if (_credentials is not null
                    && !head.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(_credentials)), StringComparison.OrdinalIgnoreCase))
                {
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                    return;
                }

                Interlocked.Increment(ref _requests);
                var target = new Uri(head.Split(' ')[1]);
                using var upstream = new TcpClient();
                await upstream.ConnectAsync(target.Host, target.Port);
                var lines = head.Split("\r\n").Where(l => !l.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) && !l.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)).ToArray();
                lines[0] = $"GET {target.PathAndQuery} HTTP/1.1";
                var text = string.Join("\r\n", lines).TrimEnd() + "\r\nConnection: close\r\n\r\n";
                await upstream.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
                await upstream.GetStream().CopyToAsync(stream);
            }
        }

        private static async Task<string> ReadHeadAsync(NetworkStream stream)
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
                head.Append((char)one[0]);
            return head.ToString();
        }
    }
}
