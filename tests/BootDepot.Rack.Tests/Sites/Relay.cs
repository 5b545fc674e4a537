using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Sites;

/// <summary>
/// A wire between rack and region: an address that stays although the region gets another, that counts what passes, that can be
/// cut, slowed down, and that can spoil a byte.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Task _accepting;
    private long _toRack;
    private long _spoilAt = long.MaxValue;

    public Relay()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the region is now; null: nowhere.</summary>
    public IPEndPoint? Target { get; set; }

    /// <summary>The address that stays.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Bytes that went to the rack, headers included.</summary>
    public long ToRack => Interlocked.Read(ref _toRack);

    /// <summary>Bytes per second and connection, and no more than the rack reads; null for no limit.</summary>
    public int? Rate { get; set; }

    /// <summary>Flips one bit of the byte that is so far away, once.</summary>
    public void SpoilAfter(long bytes) => Interlocked.Exchange(ref _spoilAt, ToRack + bytes);

    /// <summary>Whether the byte was spoilt.</summary>
    public bool IsSpoilt => Interlocked.Read(ref _spoilAt) == long.MaxValue;

    /// <summary>Cuts every connection.</summary>
    public void Cut()
    {
        foreach (var client in _open.Keys)
            client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            // What the kernel keeps for a rack that dies counts as sent: keep it small.
            client.SendBufferSize = 16 * 1024;
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient rack)
    {
        using var region = new TcpClient();
        using (rack)
        {
            try
            {
                if (Target is not { } target)
                    return;
                _open[rack] = _open[region] = true;
                await region.ConnectAsync(target);
                var up = PumpAsync(rack.GetStream(), region.GetStream(), isDown: false);
                var down = PumpAsync(region.GetStream(), rack.GetStream(), isDown: true);
                await Task.WhenAny(up, down);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or one side went away.
            }
            finally
            {
                _open.TryRemove(rack, out _);
                _open.TryRemove(region, out _);
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isDown)
    {
        var piece = new byte[64 * 1024];
        while (await from.ReadAsync(piece, _stop.Token) is var count && count > 0)
        {
            if (isDown)
                Spoil(piece.AsSpan(0, count));
            await to.WriteAsync(piece.AsMemory(0, count), _stop.Token);
            if (!isDown || Rate is not { } rate)
                continue;
            await Task.Delay(TimeSpan.FromSeconds((double)count / rate), _stop.Token);
            // A rack that has no time to read is not sent more: what it would lose when it is killed is not its doing.
            await Unread.EmptiedAsync(((IPEndPoint)to.Socket.RemoteEndPoint!).Port, ((IPEndPoint)to.Socket.LocalEndPoint!).Port, _stop.Token);
        }
    }

    private void Spoil(Span<byte> piece)
    {
        var end = Interlocked.Add(ref _toRack, piece.Length);
        var at = Interlocked.Read(ref _spoilAt);
        if (at >= end || Interlocked.CompareExchange(ref _spoilAt, long.MaxValue, at) != at)
            return;
        piece[Math.Max(0, (int)(at - (end - piece.Length)))] ^= 1;
    }
}
