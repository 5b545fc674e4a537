using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using BootDepot.Client;

namespace BootDepot.Cli.Maas;

/// <summary>What went wrong outside of the command's own checks, in the words that scripts and people know.</summary>
internal static class Failures
{
    /// <summary>Exit code and message; 1 for certificates, 2 for all else.</summary>
    public static CommandFailure Explain(Exception e, CommandHost host) => e switch
    {
        CommandFailure failure => failure,
        FileNotFoundException f => CommandFailure.Failed($"[Errno 2] No such file or directory: '{f.FileName}'{InFull(f.FileName, host)}", e),
        DirectoryNotFoundException => CommandFailure.Failed($"[Errno 2] No such file or directory: {e.Message}", e),
        UnauthorizedAccessException => CommandFailure.Failed($"[Errno 13] Permission denied: {e.Message}", e),
        HttpRequestException h when CertificateProblemOrNull(h) is { } problem => CommandFailure.Plain(
            "Certificate verification failed, use --insecure/-k to disable the certificate check.\n" + problem, e),
        HttpRequestException h when SocketOrNull(h) is { } socket => CommandFailure.Failed(Errno(socket), e),
        MaasRemoteException => CommandFailure.Plain(e.Message, e),
        _ => CommandFailure.Failed(e.Message, e),
    };

    // A relative path says little to one who is elsewhere than he thinks.
    private static string InFull(string? path, CommandHost host) =>
        path is null || Path.IsPathRooted(path) ? "" : $" ({host.FullPath(path)})";

    private static string Errno(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "[Errno 111] Connection refused",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "[Errno -2] Name or service not known",
        SocketError.HostUnreachable => "[Errno 113] No route to host",
        SocketError.NetworkUnreachable => "[Errno 101] Network is unreachable",
        SocketError.TimedOut => "[Errno 110] Connection timed out",
        SocketError.ConnectionReset => "[Errno 104] Connection reset by peer",
        _ => $"[Errno {e.NativeErrorCode}] {e.Message}",
    };

    private static SocketException? SocketOrNull(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
                return socket;
        }

        return null;
    }

    private static string? CertificateProblemOrNull(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
                return e.Message;
        }

        return null;
    }
}
