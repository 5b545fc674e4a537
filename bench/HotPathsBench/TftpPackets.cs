using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Netboot.Tftp.Packets;
using BootDepot.Rack.Netboot.Tftp.Sending;

namespace BootDepot.HotPathsBench;

/// <summary>A request of TFTP, and a window of 16 blocks counted.</summary>
public class TftpPackets
{
    private static readonly byte[] Packet = Encoding.ASCII.GetBytes("\0\u0001grubx64.efi\0octet\0tsize\00\0blksize\01428\0windowsize\016\0");
    private static readonly TftpOptions Options = new() { Listen = [new(IPAddress.Loopback, 0)] };
    private readonly SendWindow _window = new(long.MaxValue, 16, negotiated: false);

    [Benchmark]
    public object? Request_read_and_agreed() =>
        TransferTerms.Agree(ReadRequest.ParseOrNull(Packet, out _)!.Options, 1 << 20, 1428, Options);

    [Benchmark]
    public bool Window_sent_and_acknowledged()
    {
        _window.Sent(16);
        return _window.Acknowledge((ushort)(_window.Next - 1));
    }
}
