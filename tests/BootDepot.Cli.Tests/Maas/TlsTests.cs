using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Line 8 of A15: a private authority, <c>-k</c>, <c>--cacerts</c>, and a name that does not match.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Line_8_an_unknown_authority_exits_1_and_names_the_option()
    {
        var (_, certificate) = Certificates("127.0.0.1");
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V38, certificate);
        using var cli = new Cli();
        var refused = await cli.RunAsync("login", "p", maas.Url, FakeMaas.FakeMaas.Key);
        (refused.Code, refused.Out).ShouldBe((1, ""));
        refused.Error.ShouldContain("--insecure/-k");
        (await cli.RunAsync("list")).Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task Line_8_insecure_is_needed_again_for_each_command()
    {
        var (_, certificate) = Certificates("127.0.0.1");
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V38, certificate);
        using var cli = new Cli();
        (await cli.RunAsync("login", "-k", "p", maas.Url, FakeMaas.FakeMaas.Key)).Code.ShouldBe(0);
        (await cli.RunAsync("p", "boot-resources", "is-importing")).Code.ShouldBe(1);
        (await cli.RunAsync("p", "boot-resources", "is-importing", "-k")).ShouldBe(new CliResult(0, "false", ""));
        var debug = await cli.RunAsync("p", "boot-resources", "is-importing", "-d", "-k");
        debug.Error.ShouldContain("Fingerprint: ");
    }

    [Fact]
    public async Task Line_8_cacerts_are_kept_with_the_profile_used_by_refresh_and_forgotten_at_logout()
    {
        var (authority, certificate) = Certificates("127.0.0.1");
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V38, certificate);
        using var cli = new Cli();
        cli.WriteFile("ca.pem", System.Text.Encoding.ASCII.GetBytes(authority.ExportCertificatePem()));
        var login = await cli.RunAsync("login", "--cacerts", "ca.pem", "p", maas.Url, FakeMaas.FakeMaas.Key);
        login.Code.ShouldBe(0, login.Error);
        var copy = Path.Combine(cli.Home, ".maascli.certs", "p.pem");
        File.ReadAllText(copy).ShouldBe(authority.ExportCertificatePem());
        (await cli.RunAsync("p", "boot-resources", "is-importing")).ShouldBe(new CliResult(0, "false", ""));
        (await cli.RunAsync("refresh")).ShouldBe(new CliResult(0, "", ""));
        await cli.RunAsync("logout", "p");
        File.Exists(copy).ShouldBeFalse();
    }

    [Fact]
    public async Task Line_8_a_wrong_host_name_exits_1_even_if_the_authority_is_known()
    {
        var (authority, certificate) = Certificates("192.0.2.1");
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V38, certificate);
        using var cli = new Cli();
        cli.WriteFile("ca.pem", System.Text.Encoding.ASCII.GetBytes(authority.ExportCertificatePem()));
        (await cli.RunAsync("login", "--cacerts", "ca.pem", "p", maas.Url, FakeMaas.FakeMaas.Key)).Code.ShouldBe(1);
    }

    private static (X509Certificate2 Authority, X509Certificate2 Server) Certificates(string address)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        var authority = request.CreateSelfSigned(from, from.AddDays(3));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=Test server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Parse(address));
        server.CertificateExtensions.Add(names.Build());
        using var signed = server.Create(authority, from, from.AddDays(2), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        // Through PKCS #12, so that the key is one that TLS can use.
        return (authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null));
    }
}
