using System;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify.Views;

/// <summary>What is left of an inspection's limits, shared by all its layers.</summary>
internal sealed class InspectionBudget(InspectionLimits limits)
{
    private int _reads;
    private long _readBytes;
    private long _unpacked;

    public InspectionLimits Limits { get; } = limits;

    /// <summary>Whether only the first bytes of the file are here, so that what lies behind them is not missing.</summary>
    public bool IsStart { get; init; }

    /// <summary>Whether something was not looked at because unpacking stopped at its limit.</summary>
    public bool UnpackingStopped { get; private set; }

    /// <summary>One access to the file's structure, for so many bytes.</summary>
    /// <exception cref="InspectionStoppedException">There were too many.</exception>
    public void CountRead(int bytes)
    {
        _readBytes += bytes;
        if (++_reads > Limits.Reads || _readBytes > Limits.ReadBytes)
        {
            throw new InspectionStoppedException(
                new Fault(
                    FaultCodes.InspectionLimit,
                    $"The file's structure takes more than {Limits.Reads} reads or {Limits.ReadBytes >> 20} MiB to follow; no image that is made by usual tools does. Make the image again."
                )
            );
        }
    }

    /// <summary>Notes that something lies beyond what may be unpacked.</summary>
    public void NoteStopped() => UnpackingStopped = true;

    /// <summary>How many of so many bytes may still be unpacked.</summary>
    public int TakeUnpacked(int wanted)
    {
        var granted = (int)Math.Min(wanted, Limits.UnpackedBytes - _unpacked);
        _unpacked += granted;
        UnpackingStopped |= granted < wanted;
        return granted;
    }
}

/// <summary>Ends an inspection; the fault becomes its result.</summary>
internal sealed class InspectionStoppedException(Fault fault) : Exception(fault.Message)
{
    public Fault Fault { get; } = fault;
}
