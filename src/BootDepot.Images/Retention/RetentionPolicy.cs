using System;

namespace BootDepot.Images.Retention;

/// <summary>How much of the past is kept.</summary>
public sealed record RetentionPolicy
{
    /// <summary>As MAAS does it: the newest complete version of each image.</summary>
    public static readonly RetentionPolicy NewestOnly = new(1);

    /// <summary>Keeps that many complete versions of each image.</summary>
    /// <param name="versions">1 or more; pinned versions come on top.</param>
    /// <param name="days">0 or more.</param>
    public RetentionPolicy(int versions, int days = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(versions, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(days);
        Versions = versions;
        Days = days;
    }

    /// <summary>Complete versions kept of each image, the wanted one included.</summary>
    public int Versions { get; }

    /// <summary>Days that a version is kept after its successor was complete, however many there are.</summary>
    public int Days { get; }

    /// <summary>Keeps what either keeps.</summary>
    public RetentionPolicy Or(RetentionPolicy other) => new(Math.Max(Versions, other.Versions), Math.Max(Days, other.Days));
}
