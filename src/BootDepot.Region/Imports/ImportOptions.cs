using System;
using System.Collections.Generic;
using BootDepot.Transfers;

namespace BootDepot.Region.Imports;

/// <summary>How imports behave where no setting of the catalogue says so.</summary>
public sealed record ImportOptions
{
    /// <summary>How hard transfers try, and how many run at a time.</summary>
    public TransferSettings Transfers { get; init; } = new();

    /// <summary>Bytes that an import leaves free on the volume of the blobs.</summary>
    public long SpaceReserve { get; init; } = 100L * 1024 * 1024;

    /// <summary>
    /// How long the bytes of a retired version stay readable: a mirror that read the former index must be able to finish.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long an unfinished transfer that nothing asks for any more is kept.</summary>
    public TimeSpan PartialGrace { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often the store is searched for what nothing refers to.</summary>
    public TimeSpan CollectionInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after its start a region begins its first periodic import.</summary>
    public TimeSpan StartDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after a change of sources they are looked at; further changes meanwhile are part of it.</summary>
    public TimeSpan ChangeDelay { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Times that a stream is read again within one import when it changes under our hands.</summary>
    public int ReadAttempts { get; init; } = 3;

    /// <summary>Pause before reading again.</summary>
    public TimeSpan ReadDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the right to import outlives a region that died.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Seconds without a byte after which a transfer is cut and tried again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Past runs that are remembered.</summary>
    public int History { get; init; } = 200;

    /// <summary>Files with certificates of authorities to trust besides the system's.</summary>
    public IReadOnlyList<string> CertificateFiles { get; init; } = [];

    /// <summary>Hosts that are reached without the proxy: names, <c>.suffixes</c>, addresses, CIDR ranges.</summary>
    public IReadOnlyList<string> NoProxy { get; init; } = [];
}
