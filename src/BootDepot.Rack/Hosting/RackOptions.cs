using System;
using System.Collections.Immutable;
using System.Net;
using BootDepot.Rack.Tree;
using BootDepot.Transfers;
using BootDepot.Transfers.Http;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Hosting;

/// <summary>How a rack runs. Read by the executable from flags and environment; nothing here looks at either.</summary>
public sealed record RackOptions
{
    /// <summary>Port that MAAS machines know.</summary>
    public const int DefaultPort = 5248;

    /// <summary>The data directory. Made when it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The region's URLs, as <c>http://region:5240/MAAS/</c>; the first that answers is used.</summary>
    public required ImmutableArray<Uri> Regions { get; init; }

    /// <summary>The enrolment token; needed once.</summary>
    public string? Token { get; init; }

    /// <summary>Where to listen for machines over HTTP.</summary>
    public string Http { get; init; } = "http://[::]:5248";

    /// <summary>Where to listen for machines over TFTP; null for no TFTP.</summary>
    public IPEndPoint? Tftp { get; init; }

    /// <summary>Where machines and other racks reach it; null: as <see cref="Http"/> says, with this host's name.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>Folder with boot loaders for those that the region does not offer; null for none.</summary>
    public string? LoaderFolder { get; init; }

    /// <summary>Folder of the installer; null: nothing can be installed.</summary>
    public string? InstallerFolder { get; init; }

    /// <summary>How long the boot menu waits for a person before the machine boots its next device.</summary>
    public TimeSpan MenuTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Words for every kernel's command line, before those of an assignment.</summary>
    public string KernelParameters { get; init; } = "";

    /// <summary>Racks of the same site, besides those that the region tells.</summary>
    public ImmutableArray<Uri> Peers { get; init; } = [];

    /// <summary>Shape of the tree.</summary>
    public TreeLayout Layout { get; init; }

    /// <summary>User to become once the ports are taken; null to stay.</summary>
    public string? User { get; init; }

    /// <summary>
    /// A blob store that somebody else looks after, the region's on the same machine: nothing is copied into it that it has, and
    /// nothing is deleted. Null for a store of its own.
    /// </summary>
    public string? SharedStore { get; init; }

    /// <summary>How often to look at the region's stream although nothing was told.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long what is no longer served stays, for machines that began with it.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How hard transfers try.</summary>
    public TransferSettings Transfers { get; init; } = new() { Parallel = 8, LongestDelay = TimeSpan.FromSeconds(15) };

    /// <summary>How requests leave the rack.</summary>
    public HttpSettings Outgoing { get; init; } = new();

    /// <summary>Name of this host, for enrolment.</summary>
    public string Hostname { get; init; } = Environment.MachineName;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go; null for nowhere.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
