using System;
using System.Collections.Immutable;
using System.Net;
using BootDepot.Images;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>How a TFTP server listens, and what it grants. The defaults suit a rack of some hundred machines.</summary>
public sealed record TftpOptions
{
    /// <summary>The largest block of RFC 2348.</summary>
    public const int LargestBlock = 65464;

    /// <summary>
    /// Where requests are taken: every IPv4 and every IPv6 address, unless told otherwise. An IPv6 address takes IPv6 only.
    /// Port 0 stands for any free port; <see cref="TftpServer.LocalEndPoints" /> then says which.
    /// </summary>
    public ImmutableArray<IPEndPoint> Listen { get; init; } = [new(IPAddress.Any, 69), new(IPAddress.IPv6Any, 69)];

    /// <summary>The largest block granted, in bytes, 512 to 65464. What does not fit the path to the client is never granted.</summary>
    public int MaxBlockSize { get; init; } = LargestBlock;

    /// <summary>The largest window granted, in blocks, 1 to 32767.</summary>
    public int MaxWindowSize { get; init; } = 64;

    /// <summary>
    /// The largest window granted, in bytes. Beyond what a client's socket can hold (208 KiB on a plain Linux, with some
    /// overhead per packet) a window is lost as often as it is sent.
    /// </summary>
    public int MaxWindowBytes { get; init; } = 128 * 1024;

    /// <summary>How much of a file is read ahead of its client, in bytes; at least two windows in any case.</summary>
    public int ReadAheadBytes { get; init; } = 64 * 1024;

    /// <summary>How many transfers may go on at once.</summary>
    public int MaxTransfers { get; init; } = 512;

    /// <summary>How many of them may be of one client address. Many machines can stand behind one address.</summary>
    public int MaxTransfersPerAddress { get; init; } = 64;

    /// <summary>How long the first answer to a packet is awaited before it is sent again; later the measured time counts.</summary>
    public TimeSpan FirstRetransmit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A lost packet is never assumed sooner than this.</summary>
    public TimeSpan ShortestRetransmit { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// However often a packet was lost, it is sent again after this long; a client's own time-out option replaces it. More than
    /// the five seconds after which tftp-hpa and atftp ask again: atftp answers one copy of a block, then waits for silence, and
    /// would never say again what was lost if copies came faster.
    /// </summary>
    public TimeSpan LongestRetransmit { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>A client that acknowledged nothing new for so long (and for five of its own time-outs) is given up.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long opening a file, or its next bytes, may take.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long transfers may go on after the server was told to stop.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many threads send. One fills a 10 Gbit/s link with large windows; many clients in lockstep take more.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>Whether windows may be handed to the kernel in one piece (UDP segmentation, Linux 4.18) where it can.</summary>
    public bool Segmentation { get; init; } = true;

    /// <summary>Everything that is wrong with these options.</summary>
    public ImmutableArray<Fault> Validate()
    {
        var faults = ImmutableArray.CreateBuilder<Fault>();
        void Demand(bool holds, string message)
        {
            if (!holds)
                faults.Add(new("tftp-options-invalid", message));
        }

        Demand(!Listen.IsDefaultOrEmpty, "TFTP has no address to listen on.");
        Demand(MaxBlockSize is >= 512 and <= LargestBlock, $"The largest TFTP block is {MaxBlockSize}; it must be 512 to {LargestBlock}.");
        Demand(MaxWindowSize is >= 1 and <= 32767, $"The largest TFTP window is {MaxWindowSize} blocks; it must be 1 to 32767.");
        Demand(MaxWindowBytes is >= 1 and <= 16 << 20, $"The largest TFTP window is {MaxWindowBytes} bytes; it must be 1 to {16 << 20}.");
        Demand(ReadAheadBytes is >= 1024 and <= 16 << 20, $"TFTP's read-ahead is {ReadAheadBytes} bytes; it must be 1024 to {16 << 20}.");
        Demand(MaxTransfers >= 1, $"TFTP is limited to {MaxTransfers} transfers; at least 1 is needed.");
        Demand(MaxTransfersPerAddress >= 1, $"TFTP is limited to {MaxTransfersPerAddress} transfers per address; at least 1 is needed.");
        Demand(
            ShortestRetransmit > TimeSpan.Zero && ShortestRetransmit <= LongestRetransmit && FirstRetransmit > TimeSpan.Zero,
            "TFTP's times to send again must be above zero, the shortest not above the longest.");
        Demand(GiveUpAfter > TimeSpan.Zero && StallLimit > TimeSpan.Zero, "TFTP's times to give up must be above zero.");
        Demand(StopGrace >= TimeSpan.Zero, "TFTP's time to stop must not be negative.");
        Demand(Threads is >= 1 and <= 64, $"TFTP is to use {Threads} threads; it must be 1 to 64.");
        return faults.ToImmutable();
    }
}
