using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Transfers.Tests;

/// <summary>What a client sent.</summary>
internal sealed record RawRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>The first byte of a Range header; 0 without one.</summary>
    public int From => this["Range"] is { } range
        ? int.Parse(range["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture)
        : 0;
}

/// <summary>An HTTP server made of a socket and a script: it can break every rule. One request per connection.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawRequest, RawAnswer, Task> _script;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private readonly ConcurrentBag<Task> _serving = [];

    public RawServer(Func<RawRequest, RawAnswer, Task> script, X509Certificate2? certificate = null)
    {
        (_script, _certificate) = (script, certificate);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<RawRequest> Requests { get; } = [];

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url(string path = "/file") => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}{path}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _serving.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(_certificate);
                    stream = tls;
                }

                await using (stream)
                {
                    if (await ReadRequestAsync(stream) is not { } request)
                        return;
                    Requests.Enqueue(request);
                    var answer = new RawAnswer(stream, client.Client, _stop.Token);
                    await _script(request, answer);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
                or System.Security.Authentication.AuthenticationException)
            {
                // the client went away, or the script cut the connection
            }
        }
    }

    private async Task<RawRequest?> ReadRequestAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || !bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            bytes.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase);
        return new RawRequest(start[0], start[1], headers);
    }
}

/// <summary>Where a script writes its answer.</summary>
internal sealed class RawAnswer(Stream stream, Socket socket, CancellationToken stop)
{
    public CancellationToken Stop => stop;

    public Stream Stream => stream;

    /// <summary>Status line and headers.</summary>
    public async Task HeadAsync(string status, params string[] headers)
    {
        var text = $"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}Connection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop);
    }

    public async Task BodyAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, stop);

    /// <summary>A whole answer.</summary>
    public async Task SendAsync(string status, ReadOnlyMemory<byte> body, params string[] headers)
    {
        await HeadAsync(status, [.. headers, $"Content-Length: {body.Length}"]);
        await BodyAsync(body);
    }

    /// <summary>An answer without a body.</summary>
    public Task SendAsync(string status, params string[] headers) => SendAsync(status, default(ReadOnlyMemory<byte>), headers);

    /// <summary>What a well-behaved file server does: ranges and If-Range.</summary>
    public async Task FileAsync(RawRequest request, ReadOnlyMemory<byte> file, string etag = "\"v1\"", int? cutAfter = null)
    {
        var from = request["If-Range"] is { } condition && condition != etag ? 0 : request.From;
        var rest = file[from..];
        if (from > 0)
            await HeadAsync("206 Partial Content", $"Content-Length: {rest.Length}", $"Content-Range: bytes {from}-{file.Length - 1}/{file.Length}", $"ETag: {etag}");
        else
            await HeadAsync("200 OK", $"Content-Length: {rest.Length}", $"ETag: {etag}");
        await BodyAsync(cutAfter < rest.Length ? rest[..cutAfter.Value] : rest);
    }

    /// <summary>Ends the connection with a reset instead of an orderly close.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, 0);
        socket.Close();
    }

    /// <summary>Says nothing more until the test is over.</summary>
    public Task StallAsync() => Task.Delay(Timeout.Infinite, stop);
}
