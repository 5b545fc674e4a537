using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>A client port that sends and receives single packets.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];

    public RawPeer(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        _socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(address, 0));
    }

    /// <summary>Who sent the last packet.</summary>
    public IPEndPoint From { get; private set; } = new(IPAddress.Any, 0);

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(IPEndPoint to, params ReadOnlySpan<byte> packet) => _socket.SendTo(packet, to);

    /// <summary>The next packet; null when none comes for a while.</summary>
    public byte[]? ReceiveOrNull(int milliseconds = 5000)
    {
        if (!_socket.Poll(milliseconds * 1000, SelectMode.SelectRead))
            return null;
        EndPoint from = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var got = _socket.ReceiveFrom(_buffer, ref from);
        From = (IPEndPoint)from;
        return _buffer[..got];
    }

    public byte[] Receive() => ReceiveOrNull() ?? throw new TimeoutException("no packet came");

    /// <summary>The next packet, which must be DATA of a block.</summary>
    public byte[] ReceiveData(int block)
    {
        var packet = Receive();
        packet[..2].ShouldBe([0, 3]);
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)).ShouldBe((ushort)block);
        return packet[4..];
    }

    /// <summary>The next packet, which must be an error of a code; its text.</summary>
    public string ReceiveError(int code)
    {
        var packet = Receive();
        packet[..3].ShouldBe([0, 5, 0]);
        ((int)packet[3]).ShouldBe(code);
        packet[^1].ShouldBe((byte)0);
        return Encoding.ASCII.GetString(packet, 4, packet.Length - 5);
    }

    /// <summary>The next packet, which must be an OACK; its text with spaces.</summary>
    public string ReceiveTerms()
    {
        var packet = Receive();
        packet[..2].ShouldBe([0, 6]);
        return Encoding.ASCII.GetString(packet, 2, packet.Length - 3).Replace('\0', ' ');
    }

    public void Dispose() => _socket.Dispose();
}
