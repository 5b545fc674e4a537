using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Region.Uploads;

/// <summary>
/// The open uploads of this process. A session keeps the blob's writer, and with it the running hash, between requests, so
/// that no byte is hashed or copied twice; one that idles is closed, and opened again by the next request, which then
/// hashes what is on disk once. What survives a restart is the catalogue's file row and the partial of its id.
/// </summary>
internal sealed class UploadSessions(IBlobStore blobs, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long a session may idle with its writer open.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<PartialName, UploadSession> _open = [];

    /// <summary>The partial of a file row.</summary>
    public static PartialName PartialOf(int fileId) =>
        PartialName.OfUpload(fileId.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Takes the only right to write that file, waiting for whoever has it; null when that takes longer than
    /// <paramref name="patience"/>. Dispose the hold to let others in.
    /// </summary>
    public async Task<UploadHold?> TakeOrNullAsync(PartialName partial, long size, TimeSpan patience, CancellationToken cancel)
    {
        await CloseIdleAsync();
        var began = time.GetTimestamp();
        while (true)
        {
            var session = _open.GetOrAdd(partial, name => new UploadSession(name));
            if (!await session.Gate.WaitAsync(patience, cancel))
                return null;
            if (session.IsClosed)
            {
                session.Gate.Release();
                continue;
            }

            try
            {
                session.Writer ??= await blobs.WriteAsync(partial, size, cancel);
                return new UploadHold(session, time, blobs.IsShared ? this : null);
            }
            catch (PartialBusyException) when (blobs.IsShared && time.GetElapsedTime(began) < patience)
            {
                // Another region has it, for the request before this one.
                session.Gate.Release();
                await Task.Delay(BusyPause, time, cancel);
            }
            catch (PartialBusyException)
            {
                session.Gate.Release();
                return null;
            }
            catch
            {
                session.Gate.Release();
                throw;
            }
        }
    }

    /// <summary>How many bytes of an upload that is open in this process have come; null for any other.</summary>
    public long? ReceivedOrNull(PartialName partial) => _open.TryGetValue(partial, out var session) ? session.Received : null;

    /// <summary>How many bytes of that upload have come.</summary>
    public async Task<long> ReceivedAsync(PartialName partial, CancellationToken cancel)
    {
        if (!blobs.IsShared && ReceivedOrNull(partial) is { } received)
            return received;
        await foreach (var held in blobs.ListPartialsAsync(cancel))
        {
            if (held.Name == partial)
                return held.Received;
        }

        return 0;
    }

    /// <summary>
    /// Waits until nobody writes, but no longer than <paramref name="patience"/>: a client that asks where to go on has left its
    /// last request behind, which may not have noticed yet.
    /// </summary>
    public async Task WaitForWriterAsync(PartialName partial, TimeSpan patience, CancellationToken cancel)
    {
        if (_open.TryGetValue(partial, out var session) && await session.Gate.WaitAsync(patience, cancel))
            session.Gate.Release();
    }

    /// <summary>The same for a file row, whose bytes may be stored although nobody recorded it yet.</summary>
    public async Task<long> ReceivedAsync(int fileId, Digest digest, long size, CancellationToken cancel)
    {
        var received = await ReceivedAsync(PartialOf(fileId), cancel);
        return received == 0 && await blobs.SizeOrNullAsync(digest, cancel) == size ? size : received;
    }

    /// <summary>Ends a session whose bytes are not needed.</summary>
    public async Task ForgetAsync(UploadHold hold, CancellationToken cancel)
    {
        await EndAsync(hold);
        await blobs.DiscardPartialAsync(hold.Session.Partial, cancel);
    }

    /// <summary>Ends a session whose blob is committed.</summary>
    public async Task EndAsync(UploadHold hold)
    {
        _open.TryRemove(KeyValuePair.Create(hold.Session.Partial, hold.Session));
        await hold.Session.CloseAsync();
    }

    /// <summary>Forgets an upload and frees its bytes, once whoever writes it is done with the present request.</summary>
    public async Task AbandonAsync(PartialName partial, CancellationToken cancel)
    {
        if (_open.TryRemove(partial, out var session))
        {
            await session.Gate.WaitAsync(cancel);
            try
            {
                await session.CloseAsync();
            }
            finally
            {
                session.Gate.Release();
            }
        }

        await blobs.DiscardPartialAsync(partial, cancel);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var session in _open.Values)
            await session.CloseAsync();
        _open.Clear();
    }

    private async Task CloseIdleAsync()
    {
        var limit = time.GetUtcNow() - IdleLimit;
        foreach (var session in Idle(limit))
        {
            // Someone at work on it is not idle.
            if (!await session.Gate.WaitAsync(TimeSpan.Zero))
                continue;
            try
            {
                if (session.UsedAt > limit)
                    continue;
                _open.TryRemove(session.Partial, out _);
                await session.CloseAsync();
            }
            finally
            {
                session.Gate.Release();
            }
        }
    }

    private List<UploadSession> Idle(DateTimeOffset limit) => [.. _open.Values.Where(s => s.UsedAt <= limit)];
}

/// <summary>One upload that is open.</summary>
internal sealed class UploadSession(PartialName partial)
{
    private long _received = -1;

    /// <summary>Where its bytes are.</summary>
    public PartialName Partial { get; } = partial;

    /// <summary>Held by whoever writes.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The open writer; null before the first use.</summary>
    public IBlobWriter? Writer { get; set; }

    /// <summary>Whether it must not be used any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>End of the last use.</summary>
    public DateTimeOffset UsedAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Bytes that count as received: those of whole requests. Null before the first use.</summary>
    public long? Received
    {
        get => Interlocked.Read(ref _received) is >= 0 and var received ? received : null;
        set => Interlocked.Exchange(ref _received, value ?? -1);
    }

    /// <summary>Closes the writer; the partial stays.</summary>
    public async Task CloseAsync()
    {
        IsClosed = true;
        if (Writer is { } writer)
            await writer.DisposeAsync();
        Writer = null;
    }
}

/// <summary>The right to write one upload, until disposed.</summary>
internal sealed class UploadHold : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly UploadSessions? _closing;

    /// <summary>Over a session whose gate is held.</summary>
    /// <param name="session">The session.</param>
    /// <param name="time">The clock.</param>
    /// <param name="closing">Whoever closes the session with the hold, as the next request may reach another region; null to keep it open.</param>
    public UploadHold(UploadSession session, TimeProvider time, UploadSessions? closing)
    {
        _closing = closing;
        Session = session;
        _time = time;
        session.Received = Writer.Offset;
    }

    /// <summary>The session.</summary>
    public UploadSession Session { get; }

    /// <summary>Its writer.</summary>
    public IBlobWriter Writer => Session.Writer!;

    /// <summary>Counts what was written so far as received, although the request goes on.</summary>
    public void Report() => Session.Received = Writer.Offset;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Session.Received = Session.Writer?.Offset;
        Session.UsedAt = _time.GetUtcNow();
        try
        {
            // Before the client is told that its bytes have come. When this fails, so does the request, and it comes again.
            if (_closing is not null && Session.Writer is { } writer)
                await writer.FlushAsync(CancellationToken.None);
        }
        finally
        {
            if (_closing is not null)
                await _closing.EndAsync(this);
            Session.Gate.Release();
        }
    }
}
