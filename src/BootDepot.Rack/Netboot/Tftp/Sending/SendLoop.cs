using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp.Sockets;

namespace BootDepot.Rack.Netboot.Tftp.Sending;

/// <summary>
/// A thread that sends: it alone touches its transfers, so that they need no locks, and it never waits for anything but its
/// sockets. Others hand it work by <see cref="Post" />.
/// </summary>
internal sealed class SendLoop : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Poller _poller = new();
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly List<Transfer> _transfers = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private bool _stopping;
    private long _nextLook = long.MaxValue;

    public SendLoop(TimeProvider time, string name)
    {
        _time = time;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Done when the thread has ended; failed when it died.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Where the sockets wait. Only for the thread itself.</summary>
    public Poller Poller => _poller;

    /// <summary>Microseconds of a clock that never goes back.</summary>
    public long Now => (long)(_time.GetTimestamp() * (1e6 / _time.TimestampFrequency));

    /// <summary>Has something done by the thread.</summary>
    public void Post(Action work)
    {
        _work.Enqueue(work);
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
            _poller.Wake();
    }

    /// <summary>Lets the thread end as soon as it has no transfers.</summary>
    public void Stop() => Post(() => _stopping = true);

    /// <summary>Ends all transfers.</summary>
    public void Abandon(string reason) => Post(() =>
    {
        foreach (var transfer in _transfers.ToArray())
            transfer.Stop(reason);
    });

    /// <summary>Only for the thread itself: a transfer began.</summary>
    public void Add(Transfer transfer) => _transfers.Add(transfer);

    /// <summary>Only for the thread itself: a transfer ended.</summary>
    public void Remove(Transfer transfer) => _transfers.Remove(transfer);

    /// <summary>Only for the thread itself: a transfer wants to be looked at then.</summary>
    public void LookAt(long when) => _nextLook = Math.Min(_nextLook, when);

    public void Dispose() => _poller.Dispose();

    private void Run()
    {
        try
        {
            while (!_stopping || _transfers.Count > 0)
            {
                Volatile.Write(ref _waiting, 1);
                Interlocked.MemoryBarrier();
                _poller.Wait(_work.IsEmpty ? MillisecondsToWait() : 0);
                Volatile.Write(ref _waiting, 0);
                while (_work.TryDequeue(out var work))
                    work();
                Look();
            }

            _ended.SetResult();
        }
        catch (Exception e) // a bug or a system without file descriptors: the server reports it to its host
        {
            _ended.SetException(e);
        }
    }

    private int MillisecondsToWait() =>
        _nextLook == long.MaxValue ? -1 : (int)Math.Clamp((_nextLook - Now + 999) / 1000, 0, 60_000);

    private void Look()
    {
        var now = Now;
        if (now < _nextLook)
            return;
        _nextLook = long.MaxValue;
        for (var i = _transfers.Count - 1; i >= 0; i--) // downwards: an expired one may leave the list
        {
            var transfer = _transfers[i];
            if (transfer.Deadline <= now)
                transfer.Expire(now);
            else
                LookAt(transfer.Deadline);
        }
    }
}
