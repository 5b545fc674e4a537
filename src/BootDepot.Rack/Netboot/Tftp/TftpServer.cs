using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Netboot.Tftp.Sending;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>
/// A TFTP server that only reads: RFC 1350 (octet mode), options of RFC 2347, block size (2348), time-out and size (2349), windows
/// (7440). What a name means, and whether it may be read, is the business of the function that opens files.
/// </summary>
/// <param name="options">Where it listens and what it grants.</param>
/// <param name="open">
/// Answers a request; called on the pool, for many requests at once. What it throws is logged and told the client as "could not
/// be opened". A request that the client repeats meanwhile does not call it again.
/// </param>
/// <param name="time">Measures how long answers take.</param>
/// <param name="logger">Told of every request's end.</param>
public sealed class TftpServer(
    TftpOptions options,
    Func<TftpRequest, CancellationToken, ValueTask<TftpReply>> open,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly List<Listener> _listeners = [];
    private SendLoop[] _loops = [];
    private RequestDesk? _desk;

    /// <summary>Where it listens, in the order of the options; empty when it does not.</summary>
    public ImmutableArray<IPEndPoint> LocalEndPoints { get; private set; } = [];

    /// <summary>The first address it listens on.</summary>
    public IPEndPoint LocalEndPoint => LocalEndPoints[0];

    /// <summary>Done when it was stopped. A failure means that it no longer serves and the process should be restarted.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins to listen.</summary>
    /// <returns>Why it does not: everything that is wrong with the options, or each address that cannot be listened on.</returns>
    public ImmutableArray<Fault> Start()
    {
        var faults = options.Validate();
        if (!faults.IsEmpty)
            return faults;
        faults = [.. options.Listen.Select(BindOrFault).OfType<Fault>()];
        if (!faults.IsEmpty)
        {
            CloseListeners();
            return faults;
        }

        _loops = [.. Enumerable.Range(0, options.Threads).Select(n => new SendLoop(time, $"tftp-{n}"))];
        _desk = new(options, open, time, logger, _loops);
        foreach (var listener in _listeners)
            _loops[0].Post(() => _loops[0].Poller.Add(listener.Descriptor, listener));
        LocalEndPoints = [.. _listeners.Select(l => l.LocalEndPoint)];
        Completion = Task.WhenAll(_loops.Select(l => l.Ended));
        logger.Listening(string.Join(", ", LocalEndPoints));
        return [];
    }

    /// <summary>Takes no more requests, lets transfers go on for <see cref="TftpOptions.StopGrace" />, ends the rest with an error.</summary>
    /// <param name="cancel">Ends the wait for them.</param>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (_desk is not { } desk)
            return;
        _desk = null;
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loops[0].Post(() =>
        {
            foreach (var listener in _listeners)
                _loops[0].Poller.Remove(listener.Descriptor);
            CloseListeners();
            closed.SetResult();
        });
        await Task.WhenAny(closed.Task, Completion);
        var empty = desk.StopAsync();
        if (!await EndsAsync(empty, options.StopGrace, cancel))
        {
            foreach (var loop in _loops)
                loop.Abandon(RequestDesk.Stopping);
            await EndsAsync(empty, LastWords, CancellationToken.None);
        }

        foreach (var loop in _loops)
            loop.Stop();
        await Task.WhenAny(Completion);
        foreach (var loop in _loops)
            loop.Dispose();
        desk.Dispose();
        LocalEndPoints = [];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true));

    private async Task<bool> EndsAsync(Task task, TimeSpan within, CancellationToken cancel)
    {
        try
        {
            await task.WaitAsync(within, time, cancel);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private Fault? BindOrFault(IPEndPoint address)
    {
        try
        {
            _listeners.Add(new(address, (packet, client, local) => _desk?.Received(packet, client, local)));
            return null;
        }
        catch (SocketException e)
        {
            return new("tftp-cannot-listen", $"TFTP cannot listen on {address}: {e.Message}.");
        }
    }

    private void CloseListeners()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        _listeners.Clear();
    }
}
