using System;
using BootDepot.Images;

namespace BootDepot.Transfers.Bundles;

/// <summary>Why a bundle cannot be used.</summary>
public sealed class BundleException(Fault fault) : Exception(fault.Message)
{
    /// <summary>Code and message.</summary>
    public Fault Fault { get; } = fault;
}

/// <summary>Codes of bundles; docs/error-codes.md explains them.</summary>
public static class BundleErrors
{
    /// <summary>The file is not a bundle, or its first block or manifest is damaged.</summary>
    public const string Unreadable = "bundle-unreadable";

    /// <summary>There are fewer bytes than the manifest says, or a part is missing.</summary>
    public const string CutShort = "bundle-cut-short";

    /// <summary>Bytes were changed.</summary>
    public const string Damaged = "bundle-damaged";

    /// <summary>The bundle leaves out what the site does not have.</summary>
    public const string BlobsMissing = "bundle-blobs-missing";

    internal static BundleException NotReadable(string why) => new(new Fault(Unreadable, $"This cannot be read as a bundle: {why}. Copy it again from where it was made."));
}
