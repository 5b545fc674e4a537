using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Wire;

/// <summary>An answer as bytes on the wire.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Header lines, names as sent.</param>
/// <param name="Body">The body.</param>
public sealed record RawReply(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>A header; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Sends bytes to a server over a connection of their own and reads one answer.</summary>
public static class RawWire
{
    /// <summary>Sends one request.</summary>
    public static async Task<RawReply> SendAsync(Uri server, byte[] request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Host, server.Port);
        tcp.NoDelay = true;
        var stream = tcp.GetStream();
        await stream.WriteAsync(request);
        return await ReadAsync(new BufferedStream(stream), request.AsSpan().StartsWith("HEAD "u8));
    }

    private static async Task<RawReply> ReadAsync(Stream stream, bool isHead)
    {
        var status = int.Parse((await LineAsync(stream)).Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new List<(string Name, string Value)>();
        while (await LineAsync(stream) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        var length = headers.FirstOrDefault(h => h.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        var body = new byte[isHead || length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return new RawReply(status, headers, body);
    }

    private static async Task<string> LineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1 && one[0] != '\n')
        {
            if (one[0] != '\r')
                line.Append((char)one[0]);
        }

        return line.ToString();
    }
}
