using System;
using System.Net;
using System.Net.Sockets;

namespace BootDepot.Rack.Netboot.Tftp.Sockets;

/// <summary>How large a block may be without being cut into fragments on its way, which firmware often cannot put together.</summary>
internal static class PathMtu
{
    private const int TftpHeader = 4;
    private const int UdpHeader = 8;
    private const int IpHeader = 20;
    private const int Ipv6Header = 40;

    /// <summary>The largest block for a client; the largest of all when the system does not know the path.</summary>
    public static int LargestBlock(IPAddress local, IPEndPoint client)
    {
        try
        {
            using var probe = new Socket(client.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Bind(new IPEndPoint(local, 0));
            probe.Connect(client); // sends nothing
            Span<byte> mtu = stackalloc byte[4];
            var v6 = client.AddressFamily == AddressFamily.InterNetworkV6;
            probe.GetRawSocketOption(v6 ? Linux.LevelIpv6 : Linux.LevelIp, v6 ? Linux.Mtu6 : Linux.Mtu, mtu);
            return BlockThatFits(BitConverter.ToInt32(mtu), v6);
        }
        catch (SocketException)
        {
            return TftpOptions.LargestBlock; // no route: sending will say so
        }
    }

    public static int BlockThatFits(int mtu, bool v6) =>
        Math.Clamp(mtu - (v6 ? Ipv6Header : IpHeader) - UdpHeader - TftpHeader, 8, TftpOptions.LargestBlock);
}
