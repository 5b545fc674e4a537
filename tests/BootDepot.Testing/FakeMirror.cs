using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Testing;

/// <summary>A request as a <see cref="FakeMirror"/> saw it.</summary>
/// <param name="Path">Decoded, without the first slash.</param>
/// <param name="IsConditional">It asked whether what the client has is still right.</param>
/// <param name="Range">Its Range header; null when there was none.</param>
/// <param name="Status">What was answered.</param>
public sealed record MirrorRequest(string Path, bool IsConditional, string? Range, int Status);

/// <summary>
/// A web server with files of a mirror, made on the fly, that can be told to misbehave per path. It knows entity tags,
/// conditional requests and single ranges, counts what it is asked and what it sends.
/// </summary>
public sealed class FakeMirror : IAsyncDisposable
{
    private const int Piece = 64 * 1024;

    private readonly ConcurrentDictionary<string, Entry> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<MirrorRequest> _requests = new();
    private readonly WebApplication _app;
    private long _sent;

    private FakeMirror(WebApplication app) => _app = app;

    /// <summary>The mirror's base URL, without a final slash.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<MirrorRequest> Requests => [.. _requests];

    /// <summary>Payload bytes that were sent.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Paths of all files.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>Called before bytes of a body are sent; may wait, or cut the connection by <see cref="HttpContext.Abort"/>.</summary>
    public Func<HttpContext, long, Task>? BeforeBytes { get; set; }

    /// <summary>Sends no faster than that from now on, all connections together, until <see cref="BeforeBytes"/> is set again.</summary>
    public void Pace(long bytesPerSecond)
    {
        // No credit for time in which nobody asked: it would be sent in one burst.
        var began = TimeProvider.System.GetTimestamp();
        var gate = new Lock();
        var next = TimeSpan.Zero;
        BeforeBytes = async (http, _) =>
        {
            TimeSpan due;
            lock (gate)
            {
                var now = TimeProvider.System.GetElapsedTime(began);
                next = (next > now ? next : now) + TimeSpan.FromSeconds((double)Piece / bytesPerSecond);
                due = next - now;
            }

            await Task.Delay(due, http.RequestAborted);
        };
    }

    /// <summary>Starts one on a free port of the loopback interface.</summary>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="certificate">Speaks https with it; null speaks http.</param>
    /// <param name="address">Where it listens; null: on 127.0.0.1.</param>
    /// <param name="clientCertificate">Thumbprint of the certificate that clients have to show; null: none.</param>
    public static async Task<FakeMirror> StartAsync(
        int port = 0, X509Certificate2? certificate = null, IPAddress? address = null, string? clientCertificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k =>
        {
            k.Listen(address ?? IPAddress.Loopback, port, listen =>
            {
                if (certificate is not null)
                    listen.UseHttps(certificate, https =>
                    {
                        if (clientCertificate is null)
                            return;
                        https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.RequireCertificate;
                        https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == clientCertificate;
                    });
            });
            k.Limits.MinResponseDataRate = null;
        });
        // What the kernel keeps for a client that is slow, or dead, counts as sent: keep it small.
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SendBufferSize = 64 * 1024;
            return socket;
        });
        var app = builder.Build();
        var mirror = new FakeMirror(app);
        app.Run(mirror.ServeAsync);
        await app.StartAsync();
        mirror.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return mirror;
    }

    /// <summary>Puts a file there, or other bytes in its place.</summary>
    public void Put(string path, byte[] bytes) =>
        _files[path] = new Entry($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"", bytes.Length, bytes, null);

    /// <summary>Puts a generated file there.</summary>
    public void Put(string path, GeneratedBytes bytes) =>
        _files[path] = new Entry($"\"{bytes.Sha256[..16]}\"", bytes.Length, null, bytes);

    /// <summary>Takes a file away.</summary>
    public void Remove(string path) => _files.TryRemove(path, out _);

    /// <summary>The bytes of a file that was put as such.</summary>
    public byte[] Get(string path) => _files[path].Bytes ?? throw new InvalidOperationException($"{path} is generated.");

    /// <summary>Answers a path (<c>*</c>: every path) in another way from now on.</summary>
    public void Break(string path, Func<HttpContext, Task> answer) => _faults[path] = answer;

    /// <summary>Answers a path with a bare status.</summary>
    public void Break(string path, int status) => Break(path, http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <summary>Behaves well again.</summary>
    public void Repair() => _faults.Clear();

    /// <summary>Forgets what was asked and sent so far.</summary>
    public void Forget()
    {
        _requests.Clear();
        Interlocked.Exchange(ref _sent, 0);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!.TrimStart('/');
        var request = http.Request.Headers;
        try
        {
            if (_faults.TryGetValue(path, out var fault) || _faults.TryGetValue("*", out fault))
                await fault(http);
            else if (_files.TryGetValue(path, out var file))
                await SendAsync(http, file);
            else
                http.Response.StatusCode = 404;
        }
        finally
        {
            _requests.Enqueue(new MirrorRequest(
                path,
                request.ContainsKey("If-None-Match") || request.ContainsKey("If-Modified-Since"),
                request.Range.FirstOrDefault(),
                http.Response.StatusCode));
        }
    }

    private async Task SendAsync(HttpContext http, Entry file)
    {
        var response = http.Response;
        response.Headers.ETag = file.ETag;
        response.Headers.AcceptRanges = "bytes";
        if (http.Request.Headers.IfNoneMatch == file.ETag)
        {
            response.StatusCode = 304;
            return;
        }

        long from = 0;
        var ifRange = http.Request.Headers.IfRange.FirstOrDefault();
        if (http.Request.GetTypedHeaders().Range?.Ranges.SingleOrDefault() is { From: { } start } && (ifRange is null || ifRange == file.ETag))
        {
            if (start >= file.Length)
            {
                response.StatusCode = 416;
                response.Headers.ContentRange = $"bytes */{file.Length}";
                return;
            }

            from = start;
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{file.Length - 1}/{file.Length}";
        }

        response.ContentLength = file.Length - from;
        for (; from < file.Length; from += Piece)
        {
            var count = (int)Math.Min(Piece, file.Length - from);
            if (BeforeBytes is { } hook)
                await hook(http, from);
            if (file.Bytes is { } bytes)
                await response.Body.WriteAsync(bytes.AsMemory((int)from, count), http.RequestAborted);
            else
                await file.Generated!.WriteAsync(response.Body, from, count, http.RequestAborted);
            Interlocked.Add(ref _sent, count);
        }
    }

    private sealed record Entry(string ETag, long Length, byte[]? Bytes, GeneratedBytes? Generated);
}
