using System;
using System.Linq;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Client;

namespace BootDepot.Cli.Maas;

/// <summary>
/// Shows an answer. Piped: the body, byte for byte, and nothing else. On a terminal: a line that says it worked, the
/// body, a line end.
/// </summary>
internal sealed class AnswerPrinter(CommandHost host)
{
    public int Print(MaasAnswer answer)
    {
        var textual = IsTextual(answer.ContentType);
        if (!host.IsOutTerminal || (!textual && !answer.Content.IsEmpty))
        {
            host.Out.Write(answer.Content.Span);
            host.Out.Flush();
        }
        else if (answer.IsSuccess)
        {
            host.WriteOut("Success.\nMachine-readable output follows:\n" + answer.Text + "\n");
        }
        else
        {
            host.WriteOut(answer.Content.IsEmpty
                ? $"Request failed with code {(int)answer.StatusCode}: {answer.ReasonPhrase}\n"
                : answer.Text + "\n");
        }

        return answer.IsSuccess ? 0 : 2;
    }

    /// <summary>Status and headers, before the body, on the error stream.</summary>
    public async Task PrintDebugAsync(MaasAnswer answer, Uri api)
    {
        if (api.Scheme == "https")
            await PrintCertificateAsync(api);
        await host.Error.WriteLineAsync($"{(int)answer.StatusCode} {answer.ReasonPhrase}\n");
        var headers = answer.Headers.Select(h => (Name: Capitalise(h.Key), h.Value)).OrderBy(h => h.Name, StringComparer.Ordinal).ToList();
        var width = headers.Count == 0 ? 0 : headers.Max(h => h.Name.Length);
        foreach (var (name, value) in headers)
            await host.Error.WriteLineAsync($"{name.PadLeft(width)}: {value}");
        await host.Error.WriteLineAsync();
    }

    public void WarnOfOtherApi(MaasAnswer answer, string? known)
    {
        if (known is null || !answer.Headers.TryGetValue("X-MAAS-API-Hash", out var hash) || hash == known)
            return;
        var line = new string('*', 70);
        host.Error.WriteLine(
            $"""
            {line}
            *** WARNING! The server's API is not the one this profile was made
            *** with, as after an upgrade. Commands may fail or be missing until
            *** the description is read again: {host.ProgramName} refresh
            {line}
            """);
    }

    public static bool IsTextual(string? contentType)
    {
        var media = contentType?.Split(';')[0].Trim() ?? "text/plain";
        return media.EndsWith("/json", StringComparison.Ordinal) || media.StartsWith("text/", StringComparison.Ordinal);
    }

    private async Task PrintCertificateAsync(Uri api)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(api.Host, api.Port, host.Interrupted);
#pragma warning disable CA5359 // Only looked at, never used: the request itself was checked.
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = api.Host }, host.Interrupted);
        if (tls.RemoteCertificate is not X509Certificate2 certificate)
            return;
        var fingerprint = BitConverter.ToString(certificate.GetCertHash(HashAlgorithmName.SHA256)).Replace('-', ':');
        await host.Error.WriteLineAsync("Certificate:");
        await host.Error.WriteLineAsync($"  Subject: {certificate.Subject}");
        await host.Error.WriteLineAsync($"  Issuer: {certificate.Issuer}");
        await host.Error.WriteLineAsync($"  Fingerprint: {fingerprint}\n");
    }

    private static string Capitalise(string name)
    {
        var text = new StringBuilder(name.ToLowerInvariant());
        for (var i = 0; i < text.Length; i++)
        {
            if (i == 0 || text[i - 1] == '-')
                text[i] = char.ToUpperInvariant(text[i]);
        }

        return text.ToString();
    }
}
