using BootDepot.Blobs.Files;
using BootDepot.Rack.Enrolment;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Hosting;
using BootDepot.Rack.Reporting;
using BootDepot.Rack.Tree;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Rack.Replication;

/// <summary>What the replicator works with.</summary>
internal sealed record RackParts(
    RackFolder Folder,
    FileBlobStore Store,
    HeldFiles Held,
    FileProgress Progress,
    TransferPool Pool,
    Sources Sources,
    StreamCopy Stream,
    RegionLink Link,
    ConfigurationFollower Follower,
    ImageTree Tree,
    HeldImages Images,
    BootAssignments Assignments,
    RackContent Content,
    Reporter Reporter);
