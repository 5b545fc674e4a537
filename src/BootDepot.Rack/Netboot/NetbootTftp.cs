using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Routing;
using BootDepot.Rack.Netboot.Tftp;

namespace BootDepot.Rack.Netboot;

/// <summary>The route chain as the TFTP server opens files by it.</summary>
public static class NetbootTftp
{
    /// <summary>Answers a TFTP request.</summary>
    public static async ValueTask<TftpReply> OpenAsync(NetbootServices netboot, TftpRequest request, CancellationToken cancel)
    {
        if (RequestPath.OfFileNameOrNull(request.FileName) is not { } path)
            return TftpReply.Refuse(TftpErrorCode.AccessViolation, "That is not a name of a file here.");
        var at = netboot.Clock.GetUtcNow();
        var asked = new NetbootRequest(path, request.Client.Address, NetbootProtocol.Tftp);
        var routed = await netboot.Routes.ResolveAsync(asked, cancel);
        void Completed(TftpCompletion done) => netboot.Log(
            asked, routed, at, done.BytesAcknowledged, done.Outcome == TftpOutcome.Served, done.Outcome.ToString().ToLowerInvariant());
        switch (routed.Answer)
        {
            case TextAnswer text:
                var bytes = Encoding.UTF8.GetBytes(text.Text);
                return TftpReply.File(new MemoryStream(bytes, writable: false), bytes.Length, Completed);
            case FileAnswer { File: var file } when await file.OpenOrNullAsync(0, cancel) is { } content:
                return TftpReply.File(content, file.Size, Completed);
            case MissingAnswer missing:
                netboot.Log(asked, routed, at, 0, isWhole: false, "missing");
                return TftpReply.Refuse(TftpErrorCode.FileNotFound, missing.Reason);
            default:
                netboot.Log(asked, routed, at, 0, isWhole: false, "missing");
                return TftpReply.Refuse(TftpErrorCode.FileNotFound, "The rack no longer holds this file.");
        }
    }
}
