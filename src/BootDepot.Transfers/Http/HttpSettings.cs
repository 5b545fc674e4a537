using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Transfers.Http;

/// <summary>How every request of this installation leaves it.</summary>
public sealed record HttpSettings
{
    /// <summary>Whom servers see; a product token of RFC 9110, section 10.1.5.</summary>
    public string UserAgent { get; init; } = "BootDepot/" + (typeof(HttpSettings).Assembly.GetName().Version?.ToString(3) ?? "0");

    /// <summary>An http proxy, with <c>user:password@</c> where it wants that; null for none.</summary>
    public string? Proxy { get; init; }

    /// <summary>
    /// What is reached without the proxy: host names (with all names below them, a leading dot changes nothing), addresses,
    /// networks as <c>10.0.0.0/8</c>, and <c>*</c> for everything. IPv6 addresses with or without brackets.
    /// </summary>
    public IReadOnlyList<string> NoProxy { get; init; } = [];

    /// <summary>PEM files with certificate authorities that are trusted besides the system's.</summary>
    public IReadOnlyList<string> CaFiles { get; init; } = [];

    /// <summary>Servers that are reached in another way. A redirect to a server that is not in here goes the general way.</summary>
    public IReadOnlyList<SiteSettings> Sites { get; init; } = [];

    /// <summary>How long a connection may take to be made: name, TCP and TLS.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a server may send nothing at all. A transfer that moves has no limit.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Redirects that are followed for one request.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>
    /// Asked before each request, redirects included; a fault refuses the hop. The place for rules about where an
    /// installation may connect to.
    /// </summary>
    public Func<Uri, CancellationToken, ValueTask<Fault?>>? CheckHop { get; init; }

    /// <summary>Everything that is wrong with the settings; empty when they can be used.</summary>
    public IReadOnlyList<Fault> Problems()
    {
        var problems = new List<Fault>();
        if (Proxy is not null && ProxyRules.ParseProxyOrNull(Proxy) is null)
            Add("The proxy has to be a URL such as http://proxy.example:3128.");
        foreach (var rule in NoProxy)
        {
            if (!ProxyRules.IsRule(rule))
                Add($"'{rule}' cannot be excepted from the proxy: a host name, an address or a network as 10.0.0.0/8 is needed.");
        }

        foreach (var file in CaFiles)
        {
            try
            {
                if (ReadCertificates(file).Count == 0)
                    Add($"'{file}' holds no certificate in PEM form.");
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
            {
                Add($"The certificate authorities in '{file}' cannot be read: {unreadable.Message}");
            }
        }

        if (ConnectTimeout <= TimeSpan.Zero || StallTimeout <= TimeSpan.Zero)
            Add("Time-outs have to be positive.");
        return problems;

        void Add(string message) => problems.Add(new Fault(TransferErrors.SettingInvalid, message));
    }

    internal static X509Certificate2Collection ReadCertificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }
}
