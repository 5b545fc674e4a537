using Microsoft.Extensions.Logging;

namespace BootDepot.Cli.Server;

/// <summary>How servers write their log: a line each to standard output, in UTC.</summary>
internal static class ServerLog
{
    public static void Console(ILoggingBuilder logging) => logging.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        console.UseUtcTimestamp = true;
    }).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
}
