using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BootDepot.Region.Hosting;

/// <summary>Where a region answers over TLS, besides its address without it.</summary>
/// <param name="Url">The address to listen on, https; port 0 takes a free one.</param>
/// <param name="Certificate">PEM file: the server's certificate first, then those that lead to its authority (RFC 8446, section 4.4.2).</param>
/// <param name="Key">PEM file with its private key, not encrypted.</param>
public sealed record TlsFiles(string Url, string Certificate, string Key)
{
    /// <summary>Why these files cannot be used; null when they can.</summary>
    public string? ProblemOrNull()
    {
        try
        {
            using var server = Read().TargetCertificate;
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">They cannot be read, or are no certificate and its key.</exception>
    internal SslStreamCertificateContext Read()
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(Certificate);
            var server = X509Certificate2.CreateFromPemFile(Certificate, Key);
            chain.RemoveAt(0);
            // Offline: nothing is asked of the authority; who renews the certificate knows it.
            return SslStreamCertificateContext.Create(server, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The certificate '{Certificate}' with the key '{Key}' cannot be used: {e.Message}", e);
        }
    }
}
