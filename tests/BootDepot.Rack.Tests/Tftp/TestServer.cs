using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp;
using Microsoft.Extensions.Logging.Abstractions;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>A server on a loopback port with files in memory and times that suit tests.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>Quick to send again.</summary>
    public static readonly TftpOptions Quick = new()
    {
        Listen = [new(IPAddress.Loopback, 0)],
        FirstRetransmit = TimeSpan.FromMilliseconds(40),
        ShortestRetransmit = TimeSpan.FromMilliseconds(8),
        LongestRetransmit = TimeSpan.FromMilliseconds(80),
        GiveUpAfter = TimeSpan.FromSeconds(60),
        StopGrace = TimeSpan.FromMilliseconds(50),
        MaxTransfersPerAddress = 512,
    };

    private readonly TftpServer _server;

    public TestServer(TftpOptions? options = null, Func<TftpRequest, CancellationToken, ValueTask<TftpReply>>? open = null)
    {
        Options = options ?? Quick;
        _server = new(Options, open ?? OpenAsync, TimeProvider.System, NullLogger.Instance);
        _server.Start().ShouldBeEmpty();
    }

    public TftpOptions Options { get; }

    /// <summary>What there is.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<TftpRequest> Requests { get; } = new();

    /// <summary>How transfers ended, in order.</summary>
    public BlockingCollection<TftpCompletion> Completions { get; } = [];

    public TftpServer Server => _server;

    public IPEndPoint Address => _server.LocalEndPoint;

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public TftpCompletion NextCompletion() =>
        Completions.TryTake(out var one, 20_000) ? one : throw new TimeoutException("no transfer ended");

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _server.Completion.IsFaulted.ShouldBeFalse(_server.Completion.Exception?.ToString());
    }

    private ValueTask<TftpReply> OpenAsync(TftpRequest request, CancellationToken cancel)
    {
        Requests.Enqueue(request);
        return ValueTask.FromResult(
            Files.TryGetValue(request.FileName, out var bytes)
                ? TftpReply.File(new MemoryStream(bytes), bytes.Length, Completions.Add)
                : TftpReply.Refuse(TftpErrorCode.FileNotFound, "There is no such file"));
    }
}
