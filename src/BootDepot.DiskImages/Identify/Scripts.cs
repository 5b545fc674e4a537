using System;

namespace BootDepot.DiskImages.Identify;

/// <summary>Tells a switch installer (ONIE: a shell script with an archive behind it) from other scripts.</summary>
internal static class Scripts
{
    private static readonly byte[][] Marks =
    [
        "exit_marker"u8.ToArray(),
        "onie"u8.ToArray(),
        "ONIE"u8.ToArray(),
        "__ARCHIVE"u8.ToArray(),
        "PAYLOAD"u8.ToArray(),
        "sharch"u8.ToArray(),
    ];

    /// <summary>Whether the start of a script has what those installers have.</summary>
    public static bool LooksLikeInstaller(ReadOnlySpan<byte> start)
    {
        foreach (var mark in Marks)
        {
            if (start.IndexOf(mark) >= 0)
                return true;
        }

        return start.IndexOf((byte)0) >= 0;
    }
}
