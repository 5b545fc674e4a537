using System;

namespace BootDepot.DiskImages.Identify;

/// <summary>Formats that are named to their uploader but neither deployed nor converted.</summary>
internal static class ForeignFormats
{
    /// <summary>What the bytes begin like, or null.</summary>
    public static string? NameOrNull(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\x03\x04"u8))
            return "a zip archive";
        if (start.StartsWith("7z\xbc\xaf"u8[..2]) && start.Length > 5 && start[2] == 0xbc && start[3] == 0xaf)
            return "a 7-Zip archive";
        if (start.StartsWith("Rar!\x1a\x07"u8))
            return "a RAR archive";
        if (start.StartsWith("QED\0"u8))
            return "a QED disk";
        if (start.StartsWith("WithoutFreeSpace"u8) || start.StartsWith("WithouFreSpacExt"u8))
            return "a Parallels disk";
        if (start.StartsWith("LUKS"u8) && start.Length > 5 && start[4] == 0xba && start[5] == 0xbe)
            return "an encrypted LUKS volume";
        if (start.StartsWith("MSWIM\0\0\0"u8))
            return "a Windows WIM archive";
        if (start.StartsWith("!<arch>\n"u8))
            return "an ar archive or Debian package";
        return start.Length > 18 && start.StartsWith("\x7f"u8) && start[1..].StartsWith("ELF"u8) ? "an ELF program" : null;
    }
}
