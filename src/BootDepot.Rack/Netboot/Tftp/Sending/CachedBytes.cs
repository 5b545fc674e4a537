using System;
using System.IO;
using BootDepot.Rack.Netboot.Tftp.Sockets;
using Microsoft.Win32.SafeHandles;

namespace BootDepot.Rack.Netboot.Tftp.Sending;

/// <summary>
/// Reads a file's bytes as far as they are in memory, and never waits for a disk: so the thread that sends may do it (preadv2 with
/// RWF_NOWAIT, Linux 4.14; file systems that do not know it have nothing in memory, as far as this is concerned).
/// </summary>
internal sealed class CachedBytes
{
    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private readonly long _start;

    private CachedBytes(FileStream file)
    {
        _file = file;
        _handle = file.SafeFileHandle;
        _start = file.Position;
    }

    /// <summary>For a stream that is a file; null for any other.</summary>
    public static CachedBytes? OfOrNull(Stream content) => content is FileStream { CanSeek: true } file ? new(file) : null;

    /// <summary>Reads.</summary>
    /// <param name="offset">From where, counted from where the stream stood.</param>
    /// <param name="to">Takes the bytes, or some of them.</param>
    /// <returns>How many; none or fewer when they are not in memory.</returns>
    public unsafe int Read(long offset, Span<byte> to)
    {
        fixed (byte* start = to)
        {
            var vector = new Linux.IoVector { Base = start, Length = to.Length };
            return (int)Linux.preadv2((int)_handle.DangerousGetHandle(), &vector, 1, _start + offset, Linux.NoWait);
        }
    }

    /// <summary>Lets the stream go on behind what was read here.</summary>
    public void Pass(long offset) => _file.Position = _start + offset;
}
