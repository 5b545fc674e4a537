using System;
using System.Buffers;
using System.IO;
using System.Numerics;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Netboot.Tftp.Sending;

/// <summary>
/// The part of a file that a transfer needs now: what was sent and not acknowledged, and what comes next. A ring that the sending
/// thread takes from. What the system has in memory, that thread copies into it itself: that takes less time than to have another
/// thread do it. For the rest the pool reads the stream, at most one read at a time.
/// </summary>
internal sealed class ReadAhead : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int Reading = 1;
    private const int Closed = 2;

    private readonly Stream _content;
    private readonly CachedBytes? _cached;
    private readonly long _length;
    private readonly CancellationTokenSource _cancel = new();
    private int _state; // Reading: a read goes on; Closed: nobody needs it any more. Whoever sees both end cleans up.
    private long _available; // written while reading
    private long _released; // before this, nothing is needed any more; written while not reading
    private volatile Exception? _failure;

    /// <summary>Makes it; nothing is read yet.</summary>
    /// <param name="content">The file; this object disposes of it.</param>
    /// <param name="length">Its length.</param>
    /// <param name="room">How many bytes to hold at least.</param>
    public ReadAhead(Stream content, long length, int room)
    {
        _content = content;
        _cached = CachedBytes.OfOrNull(content);
        _length = length;
        Capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(room, Math.Max(length, 1)));
        Ring = ArrayPool<byte>.Shared.Rent(Capacity);
    }

    /// <summary>Bytes in the file.</summary>
    public long Length => _length;

    /// <summary>The ring itself; byte <c>n</c> of the file is at <c>n % Capacity</c>.</summary>
    public byte[] Ring { get; }

    /// <summary>How many bytes it holds at most; a power of two.</summary>
    public int Capacity { get; }

    /// <summary>Called on the pool whenever there is more, and when a read has ended. To be set before the first read.</summary>
    public Action? Filled { get; set; }

    /// <summary>How far the file has been read.</summary>
    public long Available => Volatile.Read(ref _available);

    /// <summary>Why reading ended before the end.</summary>
    public Exception? Failure => _failure;

    /// <summary>
    /// Says that bytes before this are not needed any more, and reads on when a good piece of room is free. Only the sending
    /// thread may call it.
    /// </summary>
    public void Release(long before)
    {
        if ((Volatile.Read(ref _state) & Reading) != 0 || _failure is not null || _available == _length)
            return;
        _released = before;
        var free = Capacity - (_available - _released);
        if (free < Math.Min(Capacity / 2, _length - _available) || FillsAtOnce())
            return;
        Interlocked.Or(ref _state, Reading);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Gives everything back, now or when the read that goes on has ended. The ring must not be used any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cancel.CancelAsync();
        if ((Interlocked.Or(ref _state, Closed) & Reading) == 0)
            await CleanUpAsync();
    }

    void IThreadPoolWorkItem.Execute() => _ = FillAsync();

    /// <summary>Fills the ring with what needs no waiting; whether that was everything.</summary>
    private bool FillsAtOnce()
    {
        var end = Math.Min(_length, _released + Capacity);
        while (_cached is not null && _available < end)
        {
            var got = _cached.Read(_available, Room(end).Span);
            if (got <= 0)
                return false;
            Volatile.Write(ref _available, _available + got);
        }

        return _available == end;
    }

    private Memory<byte> Room(long end)
    {
        var at = (int)(_available & (Capacity - 1));
        return Ring.AsMemory(at, (int)Math.Min(end - _available, Capacity - at));
    }

    private async Task FillAsync()
    {
        try
        {
            var end = Math.Min(_length, _released + Capacity);
            _cached?.Pass(_available);
            while (_available < end)
            {
                var got = await _content.ReadAsync(Room(end), _cancel.Token);
                if (got == 0)
                    throw new EndOfStreamException($"the file ended after {_available} of {_length} bytes");
                Volatile.Write(ref _available, _available + got);
                if (_available < end)
                    Filled?.Invoke();
            }
        }
        catch (Exception e) // whatever the content throws ends its transfer, which says so to the client and in the log
        {
            _failure = e;
        }

        if ((Interlocked.And(ref _state, ~Reading) & Closed) != 0)
            await CleanUpAsync();
        else
            Filled?.Invoke();
    }

    private async Task CleanUpAsync()
    {
        ArrayPool<byte>.Shared.Return(Ring);
        _cancel.Dispose();
        await _content.DisposeAsync();
    }
}
