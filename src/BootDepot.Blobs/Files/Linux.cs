using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BootDepot.Blobs.Files;

/// <summary>The few system calls that .NET has no method for. Names and numbers as in their Linux manual pages.</summary>
internal static partial class Linux
{
    public const int NoSpace = 28; // ENOSPC
    public const int QuotaExceeded = 122; // EDQUOT
    public const int WouldBlock = 11; // EWOULDBLOCK, what a flock held elsewhere answers
    public const int Invalid = 22; // EINVAL
    private const int NoEntry = 2; // ENOENT
    private const int NotPermitted = 1; // EPERM, of file systems without links
    private const int OtherDevice = 18; // EXDEV
    private const int TooManyLinks = 31; // EMLINK
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const int KeepSize = 1; // FALLOC_FL_KEEP_SIZE
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint BasicStats = 0x7ff; // STATX_BASIC_STATS
    private const int NoWait = 8; // RWF_NOWAIT
    private const int NoData = 61; // ENODATA, what a missing attribute answers
    private const int NotSupported = 95; // ENOTSUP, of file systems without attributes

    /// <summary>O_DIRECT differs by processor; 0 where it is not known (asm/fcntl.h of each).</summary>
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 or Architecture.X86 or Architecture.S390x or Architecture.RiscV64 => 0x4000,
        Architecture.Arm64 or Architecture.Arm => 0x10000,
        Architecture.Ppc64le => 0x20000,
        _ => 0,
    };

    /// <summary>What the file system says of a file.</summary>
    /// <param name="Id">Which file it is, whatever its name.</param>
    /// <param name="Length">Bytes in it.</param>
    /// <param name="Allocated">Bytes of disk that it occupies, reserved room included.</param>
    /// <param name="IsRegular">Neither a link, a folder nor a device.</param>
    /// <param name="WrittenAt">When its bytes last changed.</param>
    public sealed record Entry(
        (uint Major, uint Minor, ulong Inode) Id,
        long Length,
        long Allocated,
        bool IsRegular,
        DateTimeOffset WrittenAt);

    /// <summary>Opens for reading without the advisory lock that .NET would take; null when there is no such file.</summary>
    public static SafeFileHandle? OpenToReadOrNull(string path)
    {
        var handle = open(path, ReadOnly | CloseOnExec, 0);
        if (!handle.IsInvalid)
            return handle;
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error == NoEntry ? null : throw Failure(error, "open", path);
    }

    /// <summary>
    /// Reads what the kernel has in memory, without waiting for a disk; null when it has nothing of it there, or cannot tell.
    /// Fewer bytes than asked for are no sign of the file's end; 0 is.
    /// </summary>
    public static unsafe int? ReadCachedOrNull(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            var piece = new Piece { Start = start, Length = (nuint)buffer.Length };
            var read = preadv2(handle, &piece, 1, offset, NoWait);
            return read < 0 ? null : (int)read;
        }
    }

    /// <summary>Opens for writing past the page cache; null where the file system cannot.</summary>
    public static SafeFileHandle? OpenDirectOrNull(string path)
    {
        if (Direct == 0)
            return null;
        var handle = open(path, WriteOnly | CloseOnExec | Direct, 0);
        if (!handle.IsInvalid)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Reserves room up to <paramref name="length"/> without changing the file's length; false where the file system cannot.</summary>
    /// <exception cref="IOException">With <see cref="NoSpace"/> when there is no room.</exception>
    public static bool Reserve(SafeFileHandle handle, long length, string path)
    {
        if (fallocate(handle, KeepSize, 0, length) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error is NoSpace or QuotaExceeded ? throw Failure(error, "reserve room for", path) : false;
    }

    /// <summary>Makes the names in a folder durable.</summary>
    public static void SyncFolder(string path)
    {
        using var handle = open(path, ReadOnly | CloseOnExec, 0);
        if (handle.IsInvalid || fsync(handle) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "sync", path);
    }

    /// <summary>Another name for the same file; false when that would be on another file system, or beyond its limit of names.</summary>
    public static bool TryLink(string existing, string name)
    {
        if (link(existing, name) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error is OtherDevice or TooManyLinks or NotPermitted ? false : throw Failure(error, "link", name);
    }

    /// <summary>rename(2): in one step, links not followed.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "rename", from);
    }

    /// <summary>Reads an extended attribute (xattr(7)): its length, or -1 when there is none, or more than fits.</summary>
    public static int ReadAttribute(SafeFileHandle handle, string name, Span<byte> value) =>
        (int)fgetxattr(handle, name, value, (nuint)value.Length);

    /// <summary>Sets an extended attribute; false where the file system has no room for it, or has no attributes.</summary>
    public static bool TryWriteAttribute(SafeFileHandle handle, string name, ReadOnlySpan<byte> value) =>
        fsetxattr(handle, name, value, (nuint)value.Length, 0) == 0;

    /// <summary>Removes an extended attribute; nothing happens when there is none.</summary>
    public static void RemoveAttribute(SafeFileHandle handle, string name, string path)
    {
        if (fremovexattr(handle, name) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        if (error is not (NoData or NotSupported))
            throw Failure(error, "remove an attribute of", path);
    }

    public static Entry Examine(SafeFileHandle handle, string path)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            return statx((int)handle.DangerousGetHandle(), "", EmptyPath, BasicStats, out var stat) == 0
                ? stat.ToEntry()
                : throw Failure(Marshal.GetLastPInvokeError(), "examine", path);
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    /// <summary>Null when there is no such file.</summary>
    public static Entry? ExamineOrNull(string path)
    {
        if (statx(CurrentFolder, path, NoFollow, BasicStats, out var stat) == 0)
            return stat.ToEntry();
        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry ? null : throw Failure(error, "examine", path);
    }

    private static IOException Failure(int error, string what, string path) =>
        new($"Cannot {what} '{path}': {Marshal.GetPInvokeErrorMessage(error)}.", error);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle handle, int mode, long offset, long length);

    [LibraryImport("libc")]
    private static unsafe partial nint preadv2(SafeFileHandle handle, Piece* pieces, int count, long offset, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle handle);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fgetxattr(SafeFileHandle handle, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsetxattr(SafeFileHandle handle, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fremovexattr(SafeFileHandle handle, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out Stat stat);

    // struct iovec of sys/uio.h.
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    // struct statx of linux/stat.h, the same on every architecture; 256 bytes.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Stat
    {
        [FieldOffset(28)]
        private readonly ushort _mode;

        [FieldOffset(32)]
        private readonly ulong _inode;

        [FieldOffset(40)]
        private readonly ulong _size;

        [FieldOffset(48)]
        private readonly ulong _blocks;

        [FieldOffset(112)]
        private readonly long _seconds;

        [FieldOffset(120)]
        private readonly uint _nanoseconds;

        [FieldOffset(136)]
        private readonly uint _deviceMajor;

        [FieldOffset(140)]
        private readonly uint _deviceMinor;

        public Entry ToEntry() =>
            new(
                (_deviceMajor, _deviceMinor, _inode),
                (long)_size,
                (long)_blocks * 512,
                (_mode & 0xf000) == 0x8000,
                DateTimeOffset.FromUnixTimeSeconds(_seconds).AddTicks(_nanoseconds / 100));
    }
}
