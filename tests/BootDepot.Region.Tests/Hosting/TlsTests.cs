using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using BootDepot.Region.Hosting;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Hosting;

/// <summary>A region with a certificate of its own, asked by clients that know only the authority at the end of its chain.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private readonly Authority _root = new("root", null);

    private TlsFiles Files => new("https://127.0.0.1:0", _folder["tls.pem"], _folder["tls.key"]);

    [Fact]
    public async Task It_answers_with_the_whole_chain_by_both_versions_of_HTTP_and_plainly_beside()
    {
        Write("first");
        await using var region = await StartAsync();
        region.Host.TlsUrl!.Scheme.ShouldBe("https");
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var (name, answer) = await AskAsync(region, version);
            name.ShouldBe("CN=first");
            answer.Version.ShouldBe(version);
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("capabilities");
        }

        (await region.Http.GetAsync(new Uri("MAAS/api/2.0/version/", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_one_that_makes_no_sense_is_not()
    {
        Write("first");
        await using var region = await StartAsync();
        (await AskAsync(region)).Name.ShouldBe("CN=first");

        // Half of a renewal: the certificate is the new one, the key still the old one's.
        var old = await File.ReadAllTextAsync(Files.Key, TestContext.Current.CancellationToken);
        Write("second");
        var key = await File.ReadAllTextAsync(Files.Key, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Files.Key, old, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(6));
        (await AskAsync(region)).Name.ShouldBe("CN=first");

        await File.WriteAllTextAsync(Files.Key, key, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Files.Key, DateTime.UtcNow.AddSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(6));
        (await AskAsync(region)).Name.ShouldBe("CN=second");
    }

    [Fact]
    public async Task A_region_whose_certificate_cannot_be_used_does_not_start_and_says_which_file()
    {
        Write("first");
        await File.WriteAllTextAsync(Files.Certificate, "no certificate", TestContext.Current.CancellationToken);
        Files.ProblemOrNull().ShouldNotBeNull().ShouldContain(Files.Certificate);
        (await Should.ThrowAsync<IOException>(StartAsync)).Message.ShouldContain(Files.Certificate);
        File.Delete(Files.Certificate);
        Files.ProblemOrNull().ShouldNotBeNull().ShouldContain(Files.Certificate);
    }

    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

    private Task<RegionFixture> StartAsync() => RegionFixture.StartAsync(o => o with { Tls = Files, Time = _clock });

    private async Task<(string Name, HttpResponseMessage Answer)> AskAsync(RegionFixture region, Version? version = null)
    {
        var name = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, CustomTrustStore = { _root.Certificate },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
        {
            name = shown!.Subject;
            return errors == SslPolicyErrors.None;
        };
        using var http = new HttpClient(handler) { DefaultRequestVersion = version ?? HttpVersion.Version11, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var answer = await http.GetAsync(new Uri(region.Host.TlsUrl!, "MAAS/api/2.0/version/"), TestContext.Current.CancellationToken);
        return (name, answer);
    }

    // The server's own, and the one between it and the root.
    private void Write(string name)
    {
        using var between = new Authority("between", _root);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var server = between.Sign(request);
        File.WriteAllText(Files.Certificate, server.ExportCertificatePem() + "\n" + between.Certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Files.Key, key.ExportPkcs8PrivateKeyPem());
    }

    private sealed class Authority : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Authority(string name, Authority? above)
        {
            var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            Certificate = above is null ? request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2)) : above.Sign(request);
        }

        public X509Certificate2 Certificate { get; }

        public X509Certificate2 Sign(CertificateRequest request)
        {
            using var issuer = Certificate.HasPrivateKey ? new X509Certificate2(Certificate) : Certificate.CopyWithPrivateKey(_key);
            return request.Create(issuer, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        }

        public void Dispose()
        {
            Certificate.Dispose();
            _key.Dispose();
        }
    }
}
