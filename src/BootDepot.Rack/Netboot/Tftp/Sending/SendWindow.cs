using System;

namespace BootDepot.Rack.Netboot.Tftp.Sending;

/// <summary>
/// Which blocks may be sent, are under way and have arrived. Pure counting; blocks are counted without limit here and as 16
/// bits on the wire, where 0 follows 65535. Block 0 stands for the acknowledgement of options, which is awaited alone.
/// </summary>
/// <param name="last">The last block, the one that is shorter than the others (perhaps empty).</param>
/// <param name="window">How many blocks may be under way.</param>
/// <param name="negotiated">Whether there is a block 0.</param>
internal sealed class SendWindow(long last, int window, bool negotiated)
{
    private long _highest = negotiated ? -1 : 0;

    /// <summary>The first block that the client has not acknowledged.</summary>
    public long Base { get; private set; } = negotiated ? 0 : 1;

    /// <summary>The block to be sent next.</summary>
    public long Next { get; private set; } = negotiated ? 0 : 1;

    /// <summary>The last block that may be sent now; less than <see cref="Next" /> when an answer must come first.</summary>
    public long End => Base == 0 ? 0 : Math.Min(last, Base + window - 1);

    /// <summary>Whether something was sent that is not acknowledged.</summary>
    public bool IsUnderWay => Next > Base;

    /// <summary>Whether the client has everything.</summary>
    public bool IsDone => Base > last;

    /// <summary>Whether some of what is under way was sent more than once, so that its answer tells no time.</summary>
    public bool IsRepeated { get; private set; }

    /// <summary>Notes that blocks were sent, from <see cref="Next" /> on.</summary>
    public void Sent(long count)
    {
        if (Next == Base)
            IsRepeated = false;
        IsRepeated |= Next <= _highest;
        Next += count;
        _highest = Math.Max(_highest, Next - 1);
    }

    /// <summary>
    /// Takes an acknowledgement. One of a block in the middle of a window means that the rest was lost: the next window begins
    /// behind it (RFC 7440 section 4). One that says nothing new is nothing: it never causes a block to be sent, so that a
    /// packet that the network doubled is not answered by ever more of them (RFC 1123 section 4.2.3.1).
    /// </summary>
    /// <returns>Whether it told something new.</returns>
    public bool Acknowledge(ushort number)
    {
        var ahead = (ushort)(number - (ushort)(Base - 1));
        if (ahead == 0 || ahead > _highest - Base + 1)
            return false;
        Base += ahead;
        Next = Base;
        return true;
    }

    /// <summary>Begins again with the first block that is not acknowledged.</summary>
    public void Rewind() => Next = Base;
}
