using System.Runtime.InteropServices;

namespace BootDepot.Rack.Netboot.Tftp.Sockets;

/// <summary>
/// The system calls of the data path: one thread waits for many sockets, and a packet costs one call and no allocation. Names
/// and numbers as in the Linux manual pages; the structures are those of 64-bit systems.
/// </summary>
internal static unsafe partial class Linux
{
    public const int Again = 11; // EAGAIN
    public const int Io = 5; // EIO
    public const int Invalid = 22; // EINVAL
    public const int TooLong = 90; // EMSGSIZE
    public const int NotSupported = 95; // EOPNOTSUPP
    public const int Refused = 111; // ECONNREFUSED
    public const int Interrupted = 4; // EINTR

    public const int NoWait = 8; // RWF_NOWAIT

    public const int DontWait = 0x40; // MSG_DONTWAIT
    public const int ErrorQueue = 0x2000; // MSG_ERRQUEUE

    public const int LevelIp = 0;
    public const int LevelIpv6 = 41;
    public const int LevelUdp = 17;
    public const int PathMtuDiscovery = 10; // IP_MTU_DISCOVER
    public const int ReceiveErrors = 11; // IP_RECVERR
    public const int Mtu = 14; // IP_MTU
    public const int Mtu6 = 24; // IPV6_MTU
    public const int ReceiveErrors6 = 25; // IPV6_RECVERR
    public const int SegmentSize = 103; // UDP_SEGMENT

    public const uint Readable = 1; // EPOLLIN
    public const uint Writable = 4; // EPOLLOUT
    public const uint Failed = 8; // EPOLLERR

    public const int Add = 1; // EPOLL_CTL_ADD
    public const int Remove = 2; // EPOLL_CTL_DEL
    public const int Modify = 3; // EPOLL_CTL_MOD

    public const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    public const int NonBlocking = 0x800; // EFD_NONBLOCK

    /// <summary>struct epoll_event is packed on x86 only; where its data begins, and its size.</summary>
    public static readonly int EventData = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    public static readonly int EventSize = EventData + 8;

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public byte* Name;
        public int NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int fd, byte* what);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, void* to, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, void* from, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint preadv2(int fd, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvfrom(int socket, byte* to, nint count, int flags, byte* address, int* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendmsg(int socket, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(int socket, Message* message, int flags);
}
