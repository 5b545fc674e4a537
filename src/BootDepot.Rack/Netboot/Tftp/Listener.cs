using System;
using System.Net;
using System.Net.Sockets;
using BootDepot.Rack.Netboot.Tftp.Sockets;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>A socket that takes requests, and says for each which of this machine's addresses it was sent to.</summary>
internal sealed class Listener : IReady, IDisposable
{
    private const int ReceiveBuffer = 1 << 20; // a rack that is switched on asks all at once

    private readonly byte[] _buffer = new byte[65536];
    private readonly Socket _socket;
    private readonly EndPoint _any;
    private readonly Action<ReadOnlyMemory<byte>, IPEndPoint, IPAddress> _received;

    /// <summary>Binds; nothing is taken before a poller has it.</summary>
    /// <exception cref="SocketException">The address is taken, not allowed or not this machine's.</exception>
    public Listener(IPEndPoint address, Action<ReadOnlyMemory<byte>, IPEndPoint, IPAddress> received)
    {
        _received = received;
        var v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        _any = new IPEndPoint(v6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (v6)
                _socket.DualMode = false;
            _socket.Blocking = false;
            _socket.ReceiveBufferSize = ReceiveBuffer;
            _socket.SetSocketOption(v6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
            _socket.Bind(address);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    public int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <inheritdoc />
    public void Ready(uint events)
    {
        try
        {
            var flags = SocketFlags.None;
            var sender = _any;
            var got = _socket.ReceiveMessageFrom(_buffer.AsSpan(), ref flags, ref sender, out var packet);
            var local = packet.Address;
            if (local.IsIPv6LinkLocal)
                local = new IPAddress(local.GetAddressBytes(), packet.Interface);
            _received(_buffer.AsMemory(0, got), (IPEndPoint)sender, local);
        }
        catch (SocketException)
        {
            // Nothing there after all (a packet with a wrong checksum), or an error about an earlier answer.
        }
    }

    public void Dispose() => _socket.Dispose();
}
