using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using BootDepot.Transfers.Http;

namespace BootDepot.Transfers.Payloads;

/// <summary>
/// Transfers one blob: attempt after attempt, server after server, always going on at the byte that was reached. Made for one
/// run; used by <see cref="TransferPool"/>, whose places it holds only while it receives.
/// </summary>
internal sealed class BlobTransfer(
    BlobRequest request,
    HttpSender http,
    IBlobStore store,
    TransferSettings settings,
    TransferGates gates,
    Action<TransferProgress>? report)
{
    private readonly StorePatience _patience = new(settings, http.Time);
    private readonly List<Server> _servers = [.. request.Urls.Select(url => new Server(url))];
    private int _wrongLeft = request.Urls.Count; // one more whole attempt than there are servers
    private int _vain;
    private long _reached;
    private bool _inherited;
    private Fault? _lastFault;
    private long _fetched;
    private IBlobWriter? _writer;

    public async Task<BlobOutcome> RunAsync(CancellationToken cancel)
    {
        using var span = TransferTraces.StartOrNull(request);
        var outcome = await RunToTheEndAsync(cancel);
        TransferTraces.End(span, outcome);
        return outcome;
    }

    private async Task<BlobOutcome> RunToTheEndAsync(CancellationToken cancel)
    {
        try
        {
            return await TryServersAsync(cancel);
        }
        catch (BlobSpaceException full)
        {
            return Fail(new Fault(TransferErrors.StoreFull, full.Message));
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return Fail(new Fault(TransferErrors.StoreFailed, $"The blob store failed: {broken.Message}"));
        }
        finally
        {
            if (_writer is not null)
                await _writer.DisposeAsync();
        }
    }

    private async Task<BlobOutcome> TryServersAsync(CancellationToken cancel)
    {
        var next = 0;
        while (true)
        {
            var usable = _servers.Where(server => !server.IsOut).ToList();
            if (usable.Count == 0)
                return Fail(_lastFault
                    ?? new Fault(TransferErrors.NoSource, $"No source offers the blob {request.Digest} any more."));
            var server = usable[next % usable.Count];
            var (outcome, failure) = await AttemptOrWaitForStoreAsync(server, cancel);
            if (outcome is not null)
                return outcome;
            if (failure is null)
                continue; // the store was away, which is not held against any server
            _lastFault = failure.Fault;
            var moved = _writer?.Offset > _reached;
            _reached = Math.Max(_reached, _writer?.Offset ?? 0);
            _vain = moved ? 1 : _vain + 1;
            switch (failure.Remedy)
            {
                case Remedy.None:
                    return Fail(failure.Fault);
                case Remedy.OtherServer:
                    server.IsOut = true;
                    break;
                case Remedy.WrongBytes:
                    // Bytes of an earlier run may have been damaged since; that is not held against the server.
                    var isServersFault = !_inherited;
                    await DropAsync(server, cancel);
                    if (isServersFault && --_wrongLeft < 0)
                        return Fail(failure.Fault);
                    if (isServersFault)
                        next++;
                    break;
                default:
                    if (_vain >= settings.Attempts * usable.Count)
                        return Fail(GaveUp(failure.Fault));
                    if (!moved)
                        next++;
                    if (moved || _vain % usable.Count == 0)
                        await WaitAsync(failure, ((_vain - 1) / usable.Count) + 1, cancel);
                    break;
            }
        }
    }

    /// <summary>
    /// A store that is away is waited for, as long as our patience lasts, and gone on with at the byte that it has. Neither an outcome nor a
    /// failure: the wait is over.
    /// </summary>
    private async Task<(BlobOutcome? Outcome, Failure? Failure)> AttemptOrWaitForStoreAsync(Server server, CancellationToken cancel)
    {
        try
        {
            var attempted = await AttemptAsync(server, cancel);
            _patience.Answered();
            return attempted;
        }
        catch (BlobsUnreachableException away)
        {
            if (_writer is not null)
                await _writer.DisposeAsync();
            _writer = null;
            if (_patience.DelayOrNull() is not { } delay)
                return (Fail(new Fault(away.Code, $"{away.Message} Given up after {_patience.Waited.TotalMinutes:0} minutes.")), null);
            var waiting = new Fault(away.Code, $"Waiting for the store: {away.Message}");
            report?.Invoke(new TransferProgress(request, TransferPhase.WaitingForRetry, _reached, waiting, http.Time.GetUtcNow() + delay));
            await Task.Delay(delay, http.Time, cancel);
            return (null, null);
        }
    }

    /// <summary>One request, and the commit if it brought the last byte. Holds a receiving place meanwhile.</summary>
    private async Task<(BlobOutcome? Stored, Failure? Failure)> AttemptAsync(Server server, CancellationToken cancel)
    {
        await gates.Receiving.EnterAsync(request.Group, cancel);
        var receiving = true;
        try
        {
            if (await HeldOrNullAsync(cancel) is { } held)
                return (held, null);
            if (await OpenAsync(cancel) is { } busy)
                return (null, busy);
            if (_writer!.Offset < request.Size)
            {
                Report(TransferPhase.Fetching);
                if (await ReceiveAsync(server, cancel) is { } failure)
                    return (null, failure);
            }

            await gates.Storing.WaitAsync(cancel);
            gates.Receiving.Release(); // the network need not wait for the disk
            receiving = false;
            try
            {
                return await CommitAsync(server, cancel);
            }
            finally
            {
                gates.Storing.Release();
            }
        }
        finally
        {
            if (receiving)
                gates.Receiving.Release();
        }
    }

    private async Task<BlobOutcome?> HeldOrNullAsync(CancellationToken cancel)
    {
        if (_writer is not null || await store.SizeOrNullAsync(request.Digest, cancel) is not { } size)
            return null;
        return size == request.Size
            ? new BlobOutcome.Stored(new BlobInfo(request.Digest, size, http.Time.GetUtcNow()), WasHeld: true, _fetched)
            : Fail(new Fault(
                TransferErrors.SizeMismatch,
                $"The blob {request.Digest} is held and has {size} bytes, while the stream describes it with {request.Size}."));
    }

    private async Task<Failure?> OpenAsync(CancellationToken cancel)
    {
        if (_writer is not null)
            return null;
        try
        {
            _writer = await store.WriteAsync(PartialName.Of(request.Digest), request.Size, cancel);
            _inherited = _writer.Offset > 0 && _reached == 0;
            // A store that was away may have fewer bytes than were handed to it; fetching those again is new progress.
            _reached = _patience.IsTried ? _writer.Offset : Math.Max(_reached, _writer.Offset);
            _patience.Has(_writer.Offset);
            return null;
        }
        catch (PartialBusyException busy)
        {
            return Failure.Of(TransferErrors.Busy, Remedy.Retry, busy.Message);
        }
    }

    private async Task<Failure?> ReceiveAsync(Server server, CancellationToken cancel)
    {
        var offset = _writer!.Offset;
        var (response, failure) = await http.SendAsync(server.Url, headers => PayloadAnswer.Ask(headers, offset, server.Validator), cancel);
        if (response is null)
            return failure;
        using (response)
        {
            (var start, failure) = PayloadAnswer.Judge(response, server.Url, offset, request.Size, http.Failures);
            if (failure is not null)
                return failure;
            server.Validator = PayloadAnswer.ValidatorOrNull(response);
            if (start < offset)
            {
                await _writer.RestartAsync(cancel); // the server has no ranges, or another file by now
                _inherited = false;
            }

            return await PumpAsync(server, response, cancel);
        }
    }

    private async Task<Failure?> PumpAsync(Server server, HttpResponseMessage response, CancellationToken cancel)
    {
        var missing = request.Size - _writer!.Offset;
        using var stall = new StallTimer(http.StallTimeout, http.Time, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await using var pump = new BodyPump(body, _writer, stall, http.Time, CountAsync);
        Failure? failure = null;
        try
        {
            if (await pump.RunAsync(missing, response.Content.Headers.ContentLength == missing, cancel))
                failure = TooLong(server.Url);
        }
        catch (OperationCanceledException) when (stall.Expired)
        {
            failure = http.Failures.Stalled(server.Url);
        }
        catch (Exception broken) when (broken is HttpIOException or HttpRequestException || IsFromNetwork(broken))
        {
            failure = http.Failures.FromException(broken, server.Url);
        }
        finally
        {
            await pump.FlushAsync();
        }

        return failure ?? (_writer.Offset < request.Size ? FailureReader.Truncated(server.Url) : null);
    }

    private async Task<(BlobOutcome? Stored, Failure? Failure)> CommitAsync(Server server, CancellationToken cancel)
    {
        Report(TransferPhase.Storing);
        switch (await _writer!.CommitAsync(request.Digest, cancel))
        {
            case BlobCommit.Stored stored:
                return (new BlobOutcome.Stored(stored.Blob, WasHeld: false, _fetched), null);
            case BlobCommit.Mismatch mismatch:
                return (null, Failure.Of(
                    TransferErrors.DigestMismatch,
                    Remedy.WrongBytes,
                    $"{UrlSecrets.Show(server.Url)} has the SHA-256 {mismatch.Actual}, and {request.Digest} in the stream's description."));
            default:
                throw new InvalidOperationException("A commit ended in a way that is not known here.");
        }
    }

    private async ValueTask CountAsync(int bytes, CancellationToken cancel)
    {
        _fetched += bytes;
        TransferTraces.Count(bytes);
        gates.Count(bytes);
        if (settings.OnBytes is { } pass)
            await pass(bytes, cancel);
        Report(TransferPhase.Fetching);
    }

    /// <summary>Forgets the bytes, which cannot be trusted any more, and what the server called them.</summary>
    private async Task DropAsync(Server server, CancellationToken cancel)
    {
        server.Validator = null;
        _reached = 0;
        _inherited = false;
        if (_writer is not null)
            await _writer.RestartAsync(cancel);
    }

    private async Task WaitAsync(Failure failure, int attempt, CancellationToken cancel)
    {
        if (_writer is { Offset: 0 })
        {
            await _writer.DisposeAsync(); // many that wait for a dead server must not hold as many files open
            _writer = null;
        }

        var delay = settings.DelayBefore(attempt);
        if (failure.RetryAfter > delay)
            delay = failure.RetryAfter.Value;
        report?.Invoke(new TransferProgress(
            request, TransferPhase.WaitingForRetry, _writer?.Offset ?? 0, failure.Fault, http.Time.GetUtcNow() + delay));
        await Task.Delay(delay, http.Time, cancel);
    }

    private void Report(TransferPhase phase) => report?.Invoke(new TransferProgress(request, phase, _writer?.Offset ?? 0));

    private BlobOutcome.Failed Fail(Fault fault) => new(fault, _fetched);

    private Fault GaveUp(Fault last) => last with { Message = $"{last.Message} Given up after {_vain} attempts that brought nothing new." };

    /// <summary>The network's failures come wrapped in plain IOExceptions now and then; the store has its own kind.</summary>
    private static bool IsFromNetwork(Exception exception) =>
        exception is not BlobsUnreachableException && exception is IOException { InnerException: System.Net.Sockets.SocketException or HttpIOException };

    private Failure TooLong(Uri url) => Failure.Of(
        TransferErrors.SizeMismatch,
        Remedy.WrongBytes,
        $"{UrlSecrets.Show(url)} goes on after the {request.Size} bytes of the stream's description.");

    private sealed class Server(Uri url)
    {
        public Uri Url { get; } = url;

        public bool IsOut { get; set; }

        public RangeConditionHeaderValue? Validator { get; set; }
    }
}
