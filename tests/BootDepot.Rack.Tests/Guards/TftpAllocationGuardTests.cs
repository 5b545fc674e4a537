using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Tests.Tftp;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Guards;

/// <summary>
/// A transfer by TFTP allocates when it begins, and nothing for each block. The bounds are several times what was seen, so that they fail
/// when something is allocated for each block, not when the runtime changes.
/// </summary>
[Collection(nameof(Alone))]
public sealed class TftpAllocationGuardTests(ITestOutputHelper output)
{
    private const int Short = 1000;
    private const int Long = 51_000;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task A_block_allocates_nothing(int window)
    {
        using var folder = new TempFolder();
        var files = new Dictionary<string, long>();
        foreach (var blocks in new[] { Short, Long })
        {
            await File.WriteAllBytesAsync(folder[$"{blocks}"], TestServer.Bytes((blocks * 512) - 1), TestContext.Current.CancellationToken);
            files.Add($"{blocks}", (blocks * 512) - 1);
        }

        // Nothing is lost on this machine, and nothing is sent twice.
        var patience = TimeSpan.FromMinutes(2);
        await using var server = new TestServer(
            TestServer.Quick with { FirstRetransmit = patience, ShortestRetransmit = patience, LongestRetransmit = patience },
            (request, _) => ValueTask.FromResult(TftpReply.File(File.OpenRead(folder[request.FileName]), files[request.FileName], _ => { })));
        var few = Least(server.Address, Short, window);
        var many = Least(server.Address, Long, window);
        output.WriteLine($"window {window}: {few:N0} bytes allocated for {Short} blocks, {many:N0} for {Long}");
        few.ShouldBeLessThan(50_000);
        ((many - few) / (double)(Long - Short)).ShouldBeLessThan(4, "bytes allocated for each block");
    }

    private static long Least(IPEndPoint server, int blocks, int window)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Get(server, blocks, window);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            // The first round warms up.
            if (round > 0)
                least = Math.Min(least, allocated);
        }

        return least;
    }

    /// <summary>A client that allocates nothing for a block itself.</summary>
    private static void Get(IPEndPoint server, int blocks, int window)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)TimeSpan.FromMinutes(2).TotalMilliseconds;
        socket.ReceiveBufferSize = 1 << 20;
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.SendTo(TftpClient.Request($"{blocks}", "octet", ("blksize", "512"), ("windowsize", $"{window}")), server);
        Span<byte> packet = stackalloc byte[1024];
        Span<byte> ack = [0, 4, 0, 0];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        socket.ReceiveFrom(packet, ref from);
        packet[1].ShouldBe((byte)6);
        socket.Connect(from);
        socket.Send(ack);
        for (var block = 1; block <= blocks; block++)
        {
            var got = socket.Receive(packet);
            if (packet[1] != 3 || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != (ushort)block || got != (block == blocks ? 515 : 516))
                throw new IOException($"not block {block}");
            if (block % window != 0 && block != blocks)
                continue;
            BinaryPrimitives.WriteUInt16BigEndian(ack[2..], (ushort)block);
            socket.Send(ack);
        }
    }
}
