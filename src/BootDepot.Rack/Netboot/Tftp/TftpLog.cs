using System;
using System.Net;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>What the TFTP server writes into the log.</summary>
internal static partial class TftpLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "TFTP listens on {Addresses}")]
    public static partial void Listening(this ILogger logger, string addresses);

    [LoggerMessage(Level = LogLevel.Information, Message = "TFTP served {File} to {Client}: {Bytes} bytes in {Duration}")]
    public static partial void Served(this ILogger logger, string file, IPEndPoint client, long bytes, TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Information, Message = "TFTP did not serve {File} to {Client}, which has {Bytes} bytes of it after {Duration}: {Reason}")]
    public static partial void NotServed(
        this ILogger logger, string file, IPEndPoint client, long bytes, TimeSpan duration, string? reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "TFTP refused {File} to {Client}: {Reason}")]
    public static partial void Refused(this ILogger logger, string file, IPEndPoint client, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TFTP refused {File} to {Client}, being at its limit: {Reason}")]
    public static partial void OverLimit(this ILogger logger, IPEndPoint client, string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "TFTP could not open {File} for {Client}")]
    public static partial void CannotOpen(this ILogger logger, Exception error, string file, IPEndPoint client);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of the transfer of {File} to {Client} could not be recorded")]
    public static partial void NotTold(this ILogger logger, Exception error, string file, IPEndPoint client);

    [LoggerMessage(Level = LogLevel.Debug, Message = "TFTP does not answer {Client}, which asked {Local}: {Reason}")]
    public static partial void CannotAnswer(this ILogger logger, IPEndPoint client, IPAddress local, string reason);
}
