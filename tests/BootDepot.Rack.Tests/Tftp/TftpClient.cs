using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>The server answered with an error packet.</summary>
public sealed class TftpErrorException(int code, string text) : IOException($"error {code}: {text}")
{
    public int Code { get; } = code;

    public string Text { get; } = text;
}

/// <summary>
/// A strict client, written from the RFCs and from nothing of the server's: it fails on whatever a correct server would not do.
/// Blocks its thread; <see cref="Get" /> reads one file. Time-outs are short, since everything is on this machine.
/// </summary>
internal sealed class TftpClient(IPEndPoint server, int timeoutMilliseconds = 60)
{
    private const int Tries = 200;

    private readonly byte[] _packet = new byte[65536];

    /// <summary>What the server agreed to at the last <see cref="Get" />.</summary>
    public Dictionary<string, string> Agreed { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many DATA packets came at the last <see cref="Get" />, copies included.</summary>
    public int DataPackets { get; private set; }

    public static byte[] Request(string name, string mode, params (string Name, string Value)[] options) =>
        [0, 1, .. Encoding.UTF8.GetBytes($"{name}\0{mode}\0" + string.Concat(options.Select(o => $"{o.Name}\0{o.Value}\0")))];

    public static byte[] Ack(long block) => [0, 4, (byte)(block >> 8), (byte)block];

    public byte[] Get(string name, params (string Name, string Value)[] options)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveBufferSize = 4 << 20;
        socket.Bind(new IPEndPoint(server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        Agreed.Clear();
        DataPackets = 0;
        var file = new MemoryStream();
        var lastSent = Request(name, "octet", options);
        EndPoint to = server;
        IPEndPoint? transfer = null;
        int block = 512, window = 1, inWindow = 0;
        long expected = 1;
        var gap = false;
        socket.SendTo(lastSent, to);
        for (var tries = 0; ;)
        {
            if (!socket.Poll(timeoutMilliseconds * 1000, SelectMode.SelectRead))
            {
                if (++tries == Tries)
                    throw new IOException($"no answer about block {expected} of {name} after {Tries} tries");
                inWindow = 0;
                gap = false;
                if (expected > 1)
                    lastSent = Ack(expected - 1); // perhaps in the middle of a window
                socket.SendTo(lastSent, to);
                continue;
            }

            EndPoint from = new IPEndPoint(server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            var got = socket.ReceiveFrom(_packet, ref from);
            transfer ??= (IPEndPoint)from;
            if (!transfer.Equals(from))
                throw new IOException($"a packet from {from} in the transfer of {transfer}");
            to = transfer;
            var packet = _packet.AsSpan(0, got);
            var opcode = BinaryPrimitives.ReadUInt16BigEndian(packet);
            switch (opcode)
            {
                case 5:
                    throw new TftpErrorException(
                        BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), Encoding.ASCII.GetString(packet[4..^1]));
                case 6 when expected == 1:
                    Agree(packet[2..], options);
                    block = Agreed.TryGetValue("blksize", out var b) ? int.Parse(b, CultureInfo.InvariantCulture) : 512;
                    window = Agreed.TryGetValue("windowsize", out var w) ? int.Parse(w, CultureInfo.InvariantCulture) : 1;
                    lastSent = Ack(0);
                    socket.SendTo(lastSent, to);
                    break;
                case 6:
                    break; // a late copy
                case 3:
                    DataPackets++;
                    tries = 0;
                    if (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != (ushort)expected)
                    {
                        // In lock step, an old block; in a window perhaps a gap, of which the server is told once (RFC 7440).
                        var ahead = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) - (ushort)expected);
                        if (window > 1 && ahead < 32768 && !gap)
                        {
                            gap = true;
                            inWindow = 0;
                            lastSent = Ack(expected - 1);
                            socket.SendTo(lastSent, to);
                        }

                        break;
                    }

                    gap = false;
                    if (got > 4 + block)
                        throw new IOException($"block {expected} has {got - 4} bytes, {block} were agreed");
                    file.Write(packet[4..]);
                    inWindow++;
                    expected++;
                    var isLast = got < 4 + block;
                    if (isLast || inWindow == window)
                    {
                        inWindow = 0;
                        lastSent = Ack(expected - 1);
                        socket.SendTo(lastSent, to);
                    }

                    if (!isLast)
                        break;
                    Linger(socket, transfer, lastSent);
                    return file.ToArray();
                default:
                    throw new IOException($"opcode {opcode} from a server");
            }
        }
    }

    /// <summary>The last acknowledgement may be lost: answers copies of the last block for a while.</summary>
    private void Linger(Socket socket, IPEndPoint transfer, byte[] last)
    {
        if (Lingers)
        {
            while (socket.Poll(timeoutMilliseconds * 4000, SelectMode.SelectRead))
            {
                EndPoint from = transfer;
                socket.ReceiveFrom(_packet, ref from);
                socket.SendTo(last, transfer);
            }
        }
    }

    /// <summary>Whether to stay after the end, as one must where packets are lost.</summary>
    public bool Lingers { get; init; }

    private void Agree(ReadOnlySpan<byte> text, (string Name, string Value)[] asked)
    {
        var fields = Encoding.ASCII.GetString(text).Split('\0');
        if (fields.Length % 2 != 1 || fields[^1].Length != 0)
            throw new IOException("an OACK that is not names with values");
        Agreed.Clear();
        for (var i = 0; i < fields.Length - 1; i += 2)
        {
            var wish = asked.Single(o => o.Name.Equals(fields[i], StringComparison.OrdinalIgnoreCase)).Value;
            Agreed.Add(fields[i], fields[i + 1]);
            var number = long.Parse(fields[i + 1], NumberStyles.None, CultureInfo.InvariantCulture);
            if (fields[i].ToLowerInvariant() is "blksize" or "windowsize" && number > long.Parse(wish, CultureInfo.InvariantCulture))
                throw new IOException($"{fields[i]} {number} was granted, {wish} was asked");
        }
    }
}
