using System.Collections.Generic;

namespace BootDepot.Transfers.Http;

/// <summary>How the servers of one source are reached, where that differs from everything else.</summary>
public sealed record SiteSettings
{
    /// <summary>The word for "without any proxy".</summary>
    public const string Direct = "direct";

    /// <summary>URLs of the servers; scheme, host and port count.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Proxy for these servers, <see cref="Direct"/> for none, null for the general one.</summary>
    public string? Proxy { get; init; }

    /// <summary>Certificate authorities (PEM) that these servers may use besides the others; null for none.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>PEM file with the certificate and private key to show to these servers; null for none.</summary>
    public string? ClientCertificateFile { get; init; }
}
