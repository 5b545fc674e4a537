using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>What happens to packets on their way.</summary>
/// <param name="Loss">Of a hundred packets, how many are lost, each way.</param>
/// <param name="Duplicates">Of a hundred packets, how many come twice.</param>
/// <param name="Reordered">Of a hundred packets, how many come after their successor.</param>
public sealed record Weather(int Loss, int Duplicates = 0, int Reordered = 0);

/// <summary>
/// A stretch of bad network between clients and a TFTP server on this machine. What happens to the n-th packet of a direction is
/// the same for the same seed. Every client port gets one port towards the server, every server port one towards the clients.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private const int LongestHold = 3; // milliseconds that a packet waits for its successor

    private readonly IPEndPoint _server;
    private readonly Weather _weather;
    private readonly Random _forth;
    private readonly Random _back;
    private readonly Socket _front;
    private readonly ConcurrentDictionary<Socket, Way> _ways = [];
    private readonly Thread _thread;
    private readonly byte[] _packet = new byte[65536];
    private volatile bool _stop;

    public LossyRelay(IPEndPoint server, Weather weather, int seed)
    {
        _server = server;
        _weather = weather;
        _forth = new(seed);
        _back = new(seed + 1);
        _front = Bound();
        LocalEndPoint = (IPEndPoint)_front.LocalEndPoint!;
        _thread = new(Run) { IsBackground = true, Name = "lossy-relay" };
        _thread.Start();
    }

    /// <summary>Where clients ask.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>How often a client was given an acknowledgement of its options (OACK), copies included.</summary>
    public int Agreements => _ways.Values.Sum(w => w.Agreements);

    /// <summary>Whether one of them came after data.</summary>
    public bool HasLateAgreement => _ways.Values.Any(w => w.HasLateAgreement);

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _front.Dispose();
        foreach (var socket in _ways.Keys)
            socket.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveBufferSize = 4 << 20;
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run()
    {
        while (!_stop)
        {
            var ready = _ways.Keys.Append(_front).ToList();
            Socket.Select(ready, null, null, _ways.Values.Any(w => w.Held is not null) ? LongestHold * 1000 : 50_000);
            foreach (var socket in ready)
                Receive(socket);
            if (ready.Count == 0)
            {
                foreach (var way in _ways.Values)
                    way.LetGo();
            }
        }
    }

    private void Receive(Socket socket)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        int got;
        try
        {
            got = socket.ReceiveFrom(_packet, ref from);
        }
        catch (SocketException)
        {
            return; // a side has closed its port
        }

        var sender = (IPEndPoint)from;
        if (socket == _front)
        {
            // A client's first packet. Its port towards the server is also where the server's answers come to.
            var way = _ways.Values.FirstOrDefault(w => w.Client is { } client && client.Equals(sender));
            if (way is null)
                _ways.TryAdd((way = new Way { Out = Bound(), Client = sender }).Out, way);
            Pass(way.Forth(_server), got, _forth);
        }
        else if (_ways[socket] is { Client: { } client } toServer)
        {
            // The server's packet: the client gets it from a port that stands for the server's.
            if (!toServer.ServerPorts.TryGetValue(sender, out var toClient))
            {
                toClient = new Way { Out = Bound(), Client = null, Peer = toServer, Server = sender };
                toServer.ServerPorts.Add(sender, toClient);
                _ways.TryAdd(toClient.Out, toClient);
            }

            Pass(toClient.Forth(client), got, _back);
        }
        else
        {
            // The client's answer to the server's port.
            var way = _ways[socket];
            Pass(way.Peer!.Forth(way.Server!), got, _forth);
        }
    }

    private void Pass(Way way, int count, Random chance)
    {
        var (lost, twice, later) = (chance.Next(100), chance.Next(100), chance.Next(100));
        if (lost < _weather.Loss)
            return;
        if (later < _weather.Reordered && way.Held is null)
        {
            way.Held = (_packet.AsSpan(0, count).ToArray(), way.To!);
            return;
        }

        way.Send(_packet.AsSpan(0, count));
        if (twice < _weather.Duplicates)
            way.Send(_packet.AsSpan(0, count));
        way.LetGo();
    }

    /// <summary>A port of the relay, and what is held back there.</summary>
    private sealed class Way
    {
        public required Socket Out { get; init; }

        public IPEndPoint? Client { get; init; }

        public Way? Peer { get; init; }

        public IPEndPoint? Server { get; init; }

        public Dictionary<IPEndPoint, Way> ServerPorts { get; } = [];

        public IPEndPoint? To { get; private set; }

        public (byte[] Packet, IPEndPoint To)? Held { get; set; }

        public int Agreements { get; private set; }

        public bool HasLateAgreement { get; private set; }

        private bool HasData { get; set; }

        public Way Forth(IPEndPoint to)
        {
            To = to;
            return this;
        }

        public void Send(ReadOnlySpan<byte> packet)
        {
            HasData |= packet[1] == 3;
            if (packet[1] == 6)
            {
                Agreements++;
                HasLateAgreement |= HasData;
            }

            try
            {
                Out.SendTo(packet, SocketFlags.None, To!);
            }
            catch (SocketException)
            {
                // The other side has gone; to UDP that is a lost packet.
            }
        }

        public void LetGo()
        {
            if (Held is not { } held)
                return;
            Held = null;
            To = held.To;
            Send(held.Packet);
        }
    }
}
