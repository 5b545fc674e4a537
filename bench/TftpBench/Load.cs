using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BootDepot.Rack.Netboot.Tftp.Sockets;

namespace BootDepot.TftpBench;

/// <summary>Many clients on one thread, as light as can be, so that the server is what is measured.</summary>
internal sealed class Load
{
    /// <summary>UDP_GRO: packets that came together are received together, so that windows cost this client little.</summary>
    private const int ReceiveTogether = 104;

    private readonly Poller _poller = new();
    private int _open;

    public static int Run(int port, string file, int block, int window, int atOnce, byte[]? check)
    {
        var load = new Load { _open = atOnce };
        var server = new IPEndPoint(IPAddress.Loopback, port);
        var clients = Enumerable.Range(0, atOnce).Select(_ => new Client(load, server, file, block, window, check)).ToArray();
        var clock = Stopwatch.StartNew();
        foreach (var client in clients)
            client.Begin();
        while (load._open > 0)
        {
            load._poller.Wait(1000);
            foreach (var client in clients)
                client.SendAgainWhenSilent();
        }

        Console.WriteLine(clock.Elapsed.TotalSeconds.ToString("F4", CultureInfo.InvariantCulture));
        Console.Error.WriteLine($"{clients.Sum(c => c.Bytes)} bytes, {clients.Sum(c => c.Again)} sent again");
        return 0;
    }

    private sealed unsafe class Client(Load load, IPEndPoint server, string file, int block, int window, byte[]? check) : IReady
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly byte[] _packet = new byte[65536];
        private readonly byte[] _ack = [0, 4, 0, 0];
        private long _expected = 1;
        private int _inWindow;
        private bool _connected;
        private bool _done;
        private long _heard = Stopwatch.GetTimestamp();

        public long Bytes { get; private set; }

        public int Again { get; private set; }

        private int Fd => (int)_socket.SafeHandle.DangerousGetHandle();

        public void Begin()
        {
            _socket.ReceiveBufferSize = 1 << 20;
            if (window > 1)
                _socket.SetRawSocketOption(Linux.LevelUdp, ReceiveTogether, BitConverter.GetBytes(1));
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var windowText = window > 1 ? $"windowsize\0{window}\0" : "";
            var request = string.Create(CultureInfo.InvariantCulture, $"\0\u0001{file}\0octet\0tsize\00\0blksize\0{block}\0{windowText}");
            _socket.SendTo(Encoding.ASCII.GetBytes(request), server);
            load._poller.Add(Fd, this);
        }

        public void SendAgainWhenSilent()
        {
            if (_done || !_connected || Stopwatch.GetElapsedTime(_heard).TotalSeconds < 0.5)
                return;
            Again++;
            _inWindow = 0;
            Acknowledge(_expected - 1);
        }

        public void Ready(uint events)
        {
            _heard = Stopwatch.GetTimestamp();
            if (!_connected)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var first = _socket.ReceiveFrom(_packet, ref from);
                if (_packet[1] != 6)
                    throw new IOException("not an OACK: " + Encoding.ASCII.GetString(_packet, 4, Math.Max(0, first - 4)));
                var agreed = Encoding.ASCII.GetString(_packet, 2, first - 2);
                if (!agreed.Contains($"blksize\0{block}\0", StringComparison.Ordinal)
                    || (window > 1 && !agreed.Contains($"windowsize\0{window}\0", StringComparison.Ordinal)))
                    throw new IOException("other terms than asked: " + agreed.Replace('\0', ' '));
                _socket.Connect(from);
                _connected = true;
                Acknowledge(0);
                return;
            }

            int got;
            fixed (byte* packet = _packet)
                got = (int)Linux.recvfrom(Fd, packet, _packet.Length, Linux.DontWait, null, null);
            var size = block + 4; // of several packets received as one, all but the last
            for (var at = 0; at < got && !_done; at += size)
                Take(_packet.AsSpan(at, Math.Min(size, got - at)));
        }

        private void Take(ReadOnlySpan<byte> packet)
        {
            if (packet[1] != 3)
                throw new IOException("not DATA: " + Encoding.ASCII.GetString(packet[4..]));
            if (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != (ushort)_expected)
                return;
            var data = packet[4..];
            if (check is not null && !data.SequenceEqual(check.AsSpan((int)Bytes, data.Length)))
                throw new IOException($"block {_expected} is wrong");
            Bytes += data.Length;
            _expected++;
            _inWindow++;
            var last = data.Length < block;
            if (last || _inWindow == window)
            {
                _inWindow = 0;
                Acknowledge(_expected - 1);
            }

            if (!last)
                return;
            if (check is not null && Bytes != check.Length)
                throw new IOException("too short");
            _done = true;
            load._open--;
            load._poller.Remove(Fd);
            _socket.Dispose();
        }

        private void Acknowledge(long number)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_ack.AsSpan(2), (ushort)number);
            fixed (byte* ack = _ack)
                Linux.write(Fd, ack, 4);
        }
    }
}
