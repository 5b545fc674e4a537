using System;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.FileSystems;

/// <summary>The header of a Linux program or library (System V ABI, ELF header).</summary>
internal static class ElfProgram
{
    /// <summary>The architecture it is for, in Debian's words; null when it is no ELF file or of one not served.</summary>
    public static string? ArchitectureOrNull(ReadOnlySpan<byte> start)
    {
        if (start.Length < 20 || !start.StartsWith("\x7f"u8) || !start[1..].StartsWith("ELF"u8))
            return null;
        var little = start[5] == 1;
        var machine = little ? ReadUInt16LittleEndian(start[18..]) : ReadUInt16BigEndian(start[18..]);
        return machine switch
        {
            3 => "i386",
            21 => little ? "ppc64el" : "ppc64",
            22 => "s390x",
            40 => "armhf",
            62 => "amd64",
            183 => "arm64",
            243 => "riscv64",
            258 => "loong64",
            _ => null,
        };
    }
}
