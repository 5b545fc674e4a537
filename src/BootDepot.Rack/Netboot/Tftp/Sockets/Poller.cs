using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;

namespace BootDepot.Rack.Netboot.Tftp.Sockets;

/// <summary>What waits for a socket.</summary>
internal interface IReady
{
    /// <summary>There is something to receive or to send, or an error (EPOLLIN, EPOLLOUT, EPOLLERR).</summary>
    void Ready(uint events);
}

/// <summary>One thread's sockets: waits until something happens to any of them, or another thread wakes it.</summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int MostEvents = 64;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events;
    private readonly Dictionary<int, IReady> _sockets = [];

    public Poller()
    {
        _epoll = Checked(Linux.epoll_create1(Linux.CloseOnExec), "epoll_create1");
        _wake = Checked(Linux.eventfd(0, Linux.CloseOnExec | Linux.NonBlocking), "eventfd");
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MostEvents * Linux.EventSize));
        Control(Linux.Add, _wake, Linux.Readable);
    }

    public void Add(int socket, IReady ready)
    {
        _sockets[socket] = ready;
        Control(Linux.Add, socket, Linux.Readable);
    }

    /// <summary>Also be told when the socket takes more to send, or no longer.</summary>
    public void AwaitWritable(int socket, bool await) =>
        Control(Linux.Modify, socket, await ? Linux.Readable | Linux.Writable : Linux.Readable);

    public void Remove(int socket)
    {
        _sockets.Remove(socket);
        Control(Linux.Remove, socket, 0);
    }

    /// <summary>Any thread: lets <see cref="Wait" /> return.</summary>
    public void Wake()
    {
        ulong one = 1;
        Linux.write(_wake, &one, sizeof(ulong)); // fails only when the counter is full, and then the thread is awake
    }

    /// <summary>Waits and tells each socket that something happened to.</summary>
    /// <param name="milliseconds">How long; -1 without end.</param>
    public void Wait(int milliseconds)
    {
        var count = Linux.epoll_wait(_epoll, _events, MostEvents, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != Linux.Interrupted)
            throw Failure("epoll_wait");
        for (var i = 0; i < count; i++)
        {
            var at = _events + (i * Linux.EventSize);
            var fd = (int)*(long*)(at + Linux.EventData);
            if (fd == _wake)
            {
                ulong ignored;
                Linux.read(_wake, &ignored, sizeof(ulong));
            }
            else if (_sockets.TryGetValue(fd, out var ready))
            {
                ready.Ready(*(uint*)at);
            }
        }
    }

    public void Dispose()
    {
        Linux.close(_wake);
        Linux.close(_epoll);
        NativeMemory.Free(_events);
    }

    private static int Checked(int result, string call) => result >= 0 ? result : throw Failure(call);

    private static IOException Failure(string call) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private void Control(int operation, int fd, uint events)
    {
        var what = stackalloc byte[16];
        *(uint*)what = events;
        *(long*)(what + Linux.EventData) = fd;
        Checked(Linux.epoll_ctl(_epoll, operation, fd, what), "epoll_ctl");
    }
}
