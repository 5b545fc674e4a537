using System;
using System.IO;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>What a request is answered with: bytes, or a refusal. Made by its two methods.</summary>
public abstract record TftpReply
{
    private TftpReply()
    {
    }

    /// <summary>A file. The server disposes of the content, whatever becomes of the transfer.</summary>
    /// <param name="content">Read once from where it stands, in large pieces, ahead of the client; never written or sought.</param>
    /// <param name="length">How many bytes it will yield. Fewer end the transfer with an error, more are not read.</param>
    /// <param name="completed">Told once how the transfer ended, on a thread of the pool.</param>
    public static TftpReply File(Stream content, long length, Action<TftpCompletion>? completed = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new Content(content, length, completed);
    }

    /// <summary>No file.</summary>
    /// <param name="code">Why, as RFC 1350 numbers it.</param>
    /// <param name="message">Why, for whoever reads the client's screen; printable ASCII, the rest is replaced.</param>
    public static TftpReply Refuse(TftpErrorCode code, string message) => new Refusal(code, message);

    internal sealed record Content(Stream Bytes, long Length, Action<TftpCompletion>? Completed) : TftpReply;

    internal sealed record Refusal(TftpErrorCode Code, string Message) : TftpReply;
}
