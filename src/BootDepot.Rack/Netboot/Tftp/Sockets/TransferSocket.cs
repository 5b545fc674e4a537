using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using BootDepot.Rack.Netboot.Tftp.Packets;
using BootDepot.Rack.Netboot.Tftp.Sending;

namespace BootDepot.Rack.Netboot.Tftp.Sockets;

/// <summary>What came of sending.</summary>
internal enum SendResult
{
    /// <summary>Sent, or lost in a way that sending again mends.</summary>
    Sent,

    /// <summary>The system takes no more for now.</summary>
    Full,

    /// <summary>Nobody listens at the client's port.</summary>
    ClientGone,
}

/// <summary>
/// The socket of one transfer: its port is the transfer's identifier (RFC 1350 section 4). A new one for each, since firmware
/// asks for file after file from one and the same port, and a late packet of the last transfer must not reach the next. Bound to
/// the address that was asked, so that answers come from there. Not connected: a packet from elsewhere deserves an answer too.
/// </summary>
internal sealed unsafe class TransferSocket : IDisposable
{
    private const int MostSegments = 64; // UDP_MAX_SEGMENTS of old kernels
    private const int ControlSize = 24;
    private const int LargestDatagram = 65507;
    private const int DontDiscover = 0; // IP_PMTUDISC_DONT: routers may cut packets, as with other TFTP servers

    private readonly Socket _socket;
    private readonly byte[] _client; // its sockaddr
    private readonly int _fd;
    private int _segment; // bytes per packet when the kernel cuts, else 0

    /// <summary>Binds a new port.</summary>
    /// <exception cref="SocketException">The local address is not one to send from: a request to a broadcast address.</exception>
    public TransferSocket(IPAddress local, IPEndPoint client)
    {
        var v6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(new IPEndPoint(local, 0));
            Set(v6 ? Linux.LevelIpv6 : Linux.LevelIp, v6 ? Linux.ReceiveErrors6 : Linux.ReceiveErrors, 1);
            if (!v6)
                Set(Linux.LevelIp, Linux.PathMtuDiscovery, DontDiscover);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        var address = client.Serialize();
        _client = address.Buffer.Span[..address.Size].ToArray();
        _fd = (int)_socket.SafeHandle.DangerousGetHandle();
    }

    public int Descriptor => _fd;

    /// <summary>Prepares for windows of a size.</summary>
    /// <param name="terms">What was agreed.</param>
    /// <param name="segmentation">Whether the kernel may cut windows into packets.</param>
    public void Prepare(TransferTerms terms, bool segmentation)
    {
        var packet = terms.BlockSize + 4;
        if (terms.WindowSize > 1)
            _socket.SendBufferSize = Math.Max(_socket.SendBufferSize, 2 * terms.WindowSize * (packet + 512));
        if (!segmentation || terms.WindowSize == 1 || packet > LargestDatagram / 2)
            return;
        try
        {
            Set(Linux.LevelUdp, Linux.SegmentSize, 0); // none by default; whether the kernel knows it
            _segment = packet;
        }
        catch (SocketException)
        {
            _segment = 0; // an old kernel, which would not cut: each packet by itself
        }
    }

    /// <summary>Sends a packet that is no data.</summary>
    public SendResult Send(ReadOnlySpan<byte> packet) => SendTo(packet, _client);

    /// <summary>Sends some blocks, as many as one call can take.</summary>
    /// <param name="content">Where their bytes are; all of them are there.</param>
    /// <param name="first">The first block.</param>
    /// <param name="end">The last block.</param>
    /// <param name="size">Bytes in a block.</param>
    /// <param name="sent">How many were sent.</param>
    public SendResult SendBlocks(ReadAhead content, long first, long end, int size, out int sent)
    {
        var most = _segment == 0 ? 1 : Math.Min(MostSegments, LargestDatagram / _segment);
        sent = (int)Math.Min(end - first + 1, most);
        var vectors = stackalloc Linux.IoVector[sent * 3];
        var headers = stackalloc byte[sent * 4];
        var used = 0;
        fixed (byte* ring = content.Ring)
        {
            for (var i = 0; i < sent; i++)
            {
                var header = headers + (i * 4);
                BinaryPrimitives.WriteUInt16BigEndian(new(header, 2), (ushort)Opcode.Data);
                BinaryPrimitives.WriteUInt16BigEndian(new(header + 2, 2), (ushort)(first + i));
                vectors[used++] = new() { Base = header, Length = 4 };
                var offset = (first + i - 1) * size;
                var count = (int)Math.Min(size, content.Length - offset);
                var at = (int)(offset & (content.Capacity - 1));
                var piece = Math.Min(count, content.Capacity - at);
                if (piece > 0)
                    vectors[used++] = new() { Base = ring + at, Length = piece };
                if (count > piece)
                    vectors[used++] = new() { Base = ring, Length = count - piece };
            }

            return Send(vectors, used, _client, sent > 1 ? _segment : 0);
        }
    }

    /// <summary>Receives a packet.</summary>
    /// <param name="buffer">Takes it, or its beginning.</param>
    /// <param name="isClient">Whether it is from this transfer's client.</param>
    /// <param name="sender">Takes who sent it, for <see cref="SendTo" />.</param>
    /// <returns>Its length; -1 when there is none.</returns>
    public int Receive(Span<byte> buffer, out bool isClient, ref Span<byte> sender)
    {
        fixed (byte* to = buffer, address = sender)
        {
            var addressLength = sender.Length;
            var got = (int)Linux.recvfrom(_fd, to, buffer.Length, Linux.DontWait, address, &addressLength);
            sender = sender[..Math.Min(addressLength, sender.Length)];
            isClient = got >= 0 && IsClient(sender);
            return got;
        }
    }

    /// <summary>Sends a packet to anyone.</summary>
    public SendResult SendTo(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> address)
    {
        fixed (byte* from = packet)
        {
            var vector = new Linux.IoVector { Base = from, Length = packet.Length };
            return Send(&vector, 1, address, 0);
        }
    }

    /// <summary>Takes the errors that the network reported; whether one says that nobody listens at the client's port.</summary>
    public bool IsClientGone()
    {
        var gone = false;
        var name = stackalloc byte[28];
        var control = stackalloc byte[512];
        while (true)
        {
            var message = new Linux.Message { Name = name, NameLength = 28, Control = control, ControlLength = 512 };
            if (Linux.recvmsg(_fd, &message, Linux.ErrorQueue | Linux.DontWait) < 0)
                return gone;

            // struct cmsghdr (16 bytes), then struct sock_extended_err, whose first member is the error number.
            // The name is where the packet was sent to that caused the error.
            if (message.ControlLength >= 20 && *(int*)(control + 16) == Linux.Refused)
                gone |= IsClient(new(name, message.NameLength));
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool IsClient(ReadOnlySpan<byte> address)
    {
        // sockaddr_in: family, port, address, 8 bytes of nothing. sockaddr_in6: family, port, 4 bytes of flow, address, scope.
        if (address.Length < 16 || !address[..4].SequenceEqual(_client.AsSpan(0, 4)))
            return false;
        return _client.Length < 28
            ? address[4..8].SequenceEqual(_client.AsSpan(4, 4))
            : address.Length >= 28 && address[8..24].SequenceEqual(_client.AsSpan(8, 16));
    }

    /// <param name="vectors">What to send.</param>
    /// <param name="count">How many pieces that is.</param>
    /// <param name="address">To whom.</param>
    /// <param name="segment">How the kernel is to cut it; 0 when it is one packet. Said with each call: an error must not be cut.</param>
    private SendResult Send(Linux.IoVector* vectors, int count, ReadOnlySpan<byte> address, int segment)
    {
        // struct cmsghdr: length, level, type; then the size of a packet; then up to a multiple of 8.
        var control = stackalloc byte[ControlSize];
        *(nint*)control = ControlSize - 6;
        *(int*)(control + 8) = Linux.LevelUdp;
        *(int*)(control + 12) = Linux.SegmentSize;
        *(ushort*)(control + 16) = (ushort)segment;
        fixed (byte* name = address)
        {
            var message = new Linux.Message
            {
                Name = name, NameLength = address.Length, Vectors = vectors, VectorCount = count,
                Control = segment == 0 ? null : control, ControlLength = segment == 0 ? 0 : ControlSize,
            };
            for (var again = 0; again < 4; again++)
            {
                if (Linux.sendmsg(_fd, &message, Linux.DontWait) >= 0)
                    return SendResult.Sent;
                switch (Marshal.GetLastPInvokeError())
                {
                    case Linux.Again:
                        return SendResult.Full;
                    case Linux.Refused when IsClientGone():
                        return SendResult.ClientGone;
                    case Linux.Refused or Linux.Interrupted:
                        continue; // an error about an earlier packet, to someone else
                    case Linux.Invalid or Linux.Io or Linux.TooLong or Linux.NotSupported when segment != 0:
                        return StopSegmenting();
                    default:
                        return SendResult.Sent; // no route, no memory, a packet filter: it is lost, and sent again in time
                }
            }

            return SendResult.Sent;
        }
    }

    /// <summary>The network card, or packets larger than its own, do not allow it: each packet by itself from now on.</summary>
    private SendResult StopSegmenting()
    {
        _segment = 0;
        return SendResult.Full;
    }

    private void Set(int level, int option, int value) => _socket.SetRawSocketOption(level, option, BitConverter.GetBytes(value));
}
