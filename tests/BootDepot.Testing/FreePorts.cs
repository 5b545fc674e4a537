using System;
using System.Net;
using System.Net.Sockets;

namespace BootDepot.Testing;

/// <summary>Ports for servers that must be told theirs, or that begin again at the same one.</summary>
public static class FreePorts
{
    // Below those that the kernel gives to outgoing connections (from 32768 on): such a one would take the port while its server is away.
    private const int First = 10_000;
    private const int End = 32_000;

    /// <summary>The first of so many free ports in a row.</summary>
    public static int Find(int count = 1)
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End - count);
            try
            {
                for (var next = port; next < port + count; next++)
                {
                    using var listener = new TcpListener(IPAddress.Loopback, next);
                    listener.Start();
                }

                return port;
            }
            catch (SocketException)
            {
                // Taken; look elsewhere.
            }
        }
    }
}
