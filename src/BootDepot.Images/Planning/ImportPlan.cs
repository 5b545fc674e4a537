using System.Collections.Generic;
using BootDepot.Images.Products;

namespace BootDepot.Images.Planning;

/// <summary>What an import would do, before a byte moves.</summary>
/// <param name="Fetch">Sets to complete, in the order in which they are worked on.</param>
/// <param name="Keep">Sets that stay, and why.</param>
/// <param name="Retire">Sets that go, and why.</param>
/// <param name="Blobs">What has to be fetched: each digest once.</param>
/// <param name="Problems">What could not be planned as asked.</param>
public sealed record ImportPlan(
    IReadOnlyList<PlannedSet> Fetch,
    IReadOnlyList<KeptSet> Keep,
    IReadOnlyList<RetiredSet> Retire,
    IReadOnlyList<PlannedBlob> Blobs,
    IReadOnlyList<Problem> Problems)
{
    /// <summary>Bytes to be fetched.</summary>
    public long BytesToFetch
    {
        get
        {
            var sum = 0L;
            foreach (var blob in Blobs)
                sum = checked(sum + blob.Size);
            return sum;
        }
    }

    /// <summary>Whether the catalogue is as the selections ask: nothing to fetch, nothing to retire.</summary>
    public bool IsEmpty => Fetch.Count == 0 && Retire.Count == 0;
}

/// <summary>A set to be completed.</summary>
/// <param name="Image">What it is.</param>
/// <param name="SourceId">The source that won.</param>
/// <param name="SetId">The set in the catalogue; null when it is new.</param>
/// <param name="ReplacesServed">
/// The set is served with other bytes under the same version name. Those stay until the new ones are all held.
/// </param>
/// <param name="BytesToFetch">Bytes of the blobs that this set is the first to need.</param>
public sealed record PlannedSet(OfferedImage Image, int SourceId, int? SetId, bool ReplacesServed, long BytesToFetch);

/// <summary>A blob to be fetched.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Locations">Where it is offered, the winning source first.</param>
public sealed record PlannedBlob(Digest Digest, long Size, IReadOnlyList<BlobLocation> Locations);

/// <summary>One place where a blob is offered.</summary>
/// <param name="SourceId">The source.</param>
/// <param name="Path">Path below its base.</param>
public sealed record BlobLocation(int SourceId, string Path);

/// <summary>Why a set stays.</summary>
public enum KeepReason
{
    /// <summary>It is what the selections ask for.</summary>
    Current,

    /// <summary>Someone uploaded it.</summary>
    Uploaded,

    /// <summary>Someone pinned it.</summary>
    Pinned,

    /// <summary>The retention policy keeps former versions.</summary>
    Retained,

    /// <summary>Somebody rolled back behind it: it waits, not served, until it is promoted or something newer is served.</summary>
    Withheld,

    /// <summary>It is served because somebody rolled back to it.</summary>
    RolledBack,

    /// <summary>Its source no longer offers it, but a selection still asks for it.</summary>
    DroppedUpstream,

    /// <summary>Its source could not be read as a whole, so nothing is known against it.</summary>
    SourceUnavailable,

    /// <summary>Its source is disabled.</summary>
    SourceDisabled,

    /// <summary>The stream lists it, or its successor, with something wrong, so nothing takes its place.</summary>
    OfferUnusable,

    /// <summary>Without it and its like no image would be left: a stream that offers nothing does not empty the catalogue.</summary>
    LastImages,
}

/// <summary>A set that stays.</summary>
/// <param name="SetId">The set.</param>
/// <param name="Key">Its resource.</param>
/// <param name="Version">Its version.</param>
/// <param name="Reason">Why.</param>
public sealed record KeptSet(int SetId, ResourceKey Key, SetVersion Version, KeepReason Reason);

/// <summary>Why a set goes.</summary>
public enum RetireReason
{
    /// <summary>Another version of the image takes its place.</summary>
    Superseded,

    /// <summary>No selection asks for it.</summary>
    NotSelected,

    /// <summary>Its kernel line is no longer offered, while others of the same release and architecture are.</summary>
    KernelLineGone,

    /// <summary>It was never completed and is no longer wanted.</summary>
    Abandoned,
}

/// <summary>A set that goes.</summary>
/// <param name="SetId">The set.</param>
/// <param name="Key">Its resource.</param>
/// <param name="Version">Its version.</param>
/// <param name="Reason">Why.</param>
/// <param name="After">What has to be complete before; null when it can go now.</param>
public sealed record RetiredSet(int SetId, ResourceKey Key, SetVersion Version, RetireReason Reason, ResourceKey? After);
