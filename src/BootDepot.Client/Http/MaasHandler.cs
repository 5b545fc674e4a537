using System;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace BootDepot.Client;

/// <summary>The HTTP handler of a client that brings none of its own: proxy from the environment, connections kept, own authorities.</summary>
internal static class MaasHandler
{
    public static SocketsHttpHandler Create(MaasClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            MaxResponseDrainSize = 0, // a connection whose answer was given up is not used again: under load it came back broken
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        if (options.DangerousAcceptAnyServerCertificate)
#pragma warning disable CA5359 // That is what the option says, and its name.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (options.TrustedAuthorities is { } authorities)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, authorities);
        return handler;
    }

    // Only an unknown issuer is forgiven, by building the chain again on the given authorities; a wrong host name never is.
    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(server);
    }
}
