using System.IO;

namespace BootDepot.Region;

/// <summary>
/// Where things are below the data directory. The one place that says so:
/// <code>
/// bootdepot.db               the catalogue
/// blobs/                     the blob store
/// keys/api-secrets.key       32 bytes under which secrets of API keys are derived (0600)
/// keys/first-sign-in         secret of the link that sets the first password; gone once one is set (0600)
/// keys/stream-signing.key    the key that signs the published stream (0600)
/// bundles/DIGEST/            manifest and publisher's signed documents of each bundle that was imported
/// quarantine/                what a scrub found damaged, DIGEST.ACTUAL; deleted by hand
/// tmp/                       file parts of forms while they are read; emptied at start
/// tmp/conversions/           virtual disks while they are unpacked; emptied at start
/// </code>
/// </summary>
/// <param name="Root">The data directory.</param>
public sealed record DataFolder(string Root)
{
    /// <summary>The SQLite catalogue.</summary>
    public string Catalog => Path.Combine(Root, "bootdepot.db");

    /// <summary>The blob store.</summary>
    public string Blobs => Path.Combine(Root, "blobs");

    /// <summary>Keys that must not be read by others.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Master key of the secrets of API keys.</summary>
    public string ApiKeyMaster => Path.Combine(Keys, "api-secrets.key");

    /// <summary>The key that signs the published stream.</summary>
    public string StreamKey => Path.Combine(Keys, "stream-signing.key");

    /// <summary>What imported bundles were signed with.</summary>
    public string Bundles => Path.Combine(Root, "bundles");

    /// <summary>Copies of damaged blobs.</summary>
    public string Quarantine => Path.Combine(Root, "quarantine");

    /// <summary>Secret of the link that sets the first password.</summary>
    public string FirstSignIn => Path.Combine(Keys, "first-sign-in");

    /// <summary>Scratch space on the same file system.</summary>
    public string Scratch => Path.Combine(Root, "tmp");

    /// <summary>Work files of conversions.</summary>
    public string Conversions => Path.Combine(Scratch, "conversions");
}
