using System;

namespace BootDepot.Images.Retention;

/// <summary>How much of the past is kept.</summary>
public sealed record RetentionPolicy
{
    /// <summary>As MAAS does it: the newest complete version of each image.</summary>
    public static readonly RetentionPolicy NewestOnly = new(1);

    /// <summary>Keeps that many complete versions of each image.</summary>
    /// <param name="versions">1 or more; pinned versions come on top.</param>
    public RetentionPolicy(int versions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(versions, 1);
        Versions = versions;
    }

    /// <summary>Complete versions kept of each image, the wanted one included.</summary>
    public int Versions { get; }
}
