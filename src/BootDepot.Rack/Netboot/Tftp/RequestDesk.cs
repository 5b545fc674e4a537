using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp.Packets;
using BootDepot.Rack.Netboot.Tftp.Sending;
using BootDepot.Rack.Netboot.Tftp.Sockets;
using Microsoft.Extensions.Logging;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>Takes what comes to the listening port: tells requests from copies of requests and from noise, has files opened.</summary>
internal sealed class RequestDesk(
    TftpOptions options,
    Func<TftpRequest, CancellationToken, ValueTask<TftpReply>> open,
    TimeProvider time,
    ILogger logger,
    SendLoop[] loops) : IDisposable
{
    /// <summary>What clients are told while the server stops.</summary>
    public const string Stopping = "The server is stopping";

    private readonly Admission _admission = new(options);
    private readonly ConcurrentDictionary<(IPEndPoint Client, IPAddress Local), Session> _sessions = new();
    private readonly CancellationTokenSource _stop = new();
    private uint _next;

    /// <summary>Gives up opening files.</summary>
    /// <returns>Done when no transfer goes on any more.</returns>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _admission.WhenEmptyAsync();
    }

    /// <summary>A packet came. Called on one thread.</summary>
    public void Received(ReadOnlyMemory<byte> packet, IPEndPoint client, IPAddress local)
    {
        var opcode = packet.Length < 2 ? Opcode.None : (Opcode)BinaryPrimitives.ReadUInt16BigEndian(packet.Span);
        switch (opcode)
        {
            case Opcode.ReadRequest:
                Requested(packet.Span, client, local);
                break;
            case Opcode.WriteRequest:
                Refuse(client, local, new(TftpErrorCode.AccessViolation, "This server is read-only"));
                break;
            case Opcode.Error:
                break; // an error is never answered (RFC 1350 section 7)
            case Opcode.Acknowledgement or Opcode.Data or Opcode.OptionAcknowledgement:
                Refuse(client, local, new(TftpErrorCode.UnknownTransfer, "There is no such transfer"));
                break;
            default:
                Refuse(client, local, new(TftpErrorCode.IllegalOperation, "This is not a TFTP request"));
                break;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stop.Dispose();

    private void Requested(ReadOnlySpan<byte> packet, IPEndPoint client, IPAddress local)
    {
        if (ReadRequest.ParseOrNull(packet, out var refusal) is not { } request)
        {
            Refuse(client, local, refusal!);
            return;
        }

        var key = (client, local);
        if (_sessions.TryGetValue(key, out var earlier))
        {
            if (earlier.IsSame(packet))
            {
                earlier.AskedAgain();
                return;
            }

            // Firmware that begins anew from the same port, with another file or other options.
            earlier.Supersede();
            _sessions.TryRemove(new(key, earlier));
        }

        if (_admission.EnterOrRefuse(client.Address) is { } why)
        {
            logger.OverLimit(client, request.FileName, why);
            Refuse(client, local, new(TftpErrorCode.NotDefined, why));
            return;
        }

        var session = new Session(packet.ToArray(), CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
        _sessions[key] = session;
        var loop = loops[_next++ % (uint)loops.Length];
        _ = Task.Run(() => AnswerAsync(session, key, request, loop));
    }

    private async Task AnswerAsync(
        Session session, (IPEndPoint Client, IPAddress Local) key, ReadRequest request, SendLoop loop)
    {
        var startedAt = loop.Now;
        var asked = new TftpRequest(request.FileName, key.Client, key.Local);
        var socket = SocketOrNull(asked);
        var begun = false;
        try
        {
            if (socket is null)
                return;
            var reply = await OpenAsync(session, asked);
            if (session.IsSuperseded || _stop.IsCancellationRequested)
            {
                await DisposeAsync(reply);
                if (!session.IsSuperseded)
                    socket.Send(ErrorPacket.Write(TftpErrorCode.NotDefined, Stopping));
                return;
            }

            switch (reply)
            {
                case TftpReply.Refusal refusal:
                    logger.Refused(request.FileName, key.Client, refusal.Message);
                    socket.Send(ErrorPacket.Write(refusal.Code, refusal.Message));
                    break;
                case TftpReply.Content content:
                    Begin(session, key, asked, request, content, socket, loop, startedAt);
                    begun = true;
                    break;
            }
        }
        catch (Exception e) // nothing above is expected to fail; if it does, it must not do so unseen
        {
            logger.CannotOpen(e, asked.FileName, asked.Client);
        }
        finally
        {
            if (!begun)
            {
                socket?.Dispose();
                Left(session, key);
            }
        }
    }

    private void Begin(
        Session session,
        (IPEndPoint Client, IPAddress Local) key,
        TftpRequest asked,
        ReadRequest request,
        TftpReply.Content content,
        TransferSocket socket,
        SendLoop loop,
        long startedAt)
    {
        var fits = PathMtu.LargestBlock(key.Local, key.Client);
        var terms = TransferTerms.Agree(request.Options, content.Length, Math.Min(fits, options.MaxBlockSize), options);
        var room = Math.Max(options.ReadAheadBytes, 2 * terms.BlockSize * terms.WindowSize);
        var bytes = new ReadAhead(content.Bytes, content.Length, room);
        var transfer = new Transfer(loop, socket, bytes, terms, options, startedAt, completion =>
        {
            Left(session, key);
            ThreadPool.UnsafeQueueUserWorkItem(_ => Report(asked, content, completion), null);
        });
        loop.Post(() =>
        {
            var wanted = session.Began(loop, transfer);
            transfer.Begin();
            if (!wanted)
                transfer.Leave();
        });
    }

    private async Task<TftpReply> OpenAsync(Session session, TftpRequest asked)
    {
        try
        {
            using var limit = new CancellationTokenSource(options.StallLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, session.Cancel);
            return await open(asked, either.Token);
        }
        catch (OperationCanceledException)
        {
            return TftpReply.Refuse(TftpErrorCode.NotDefined, "The file could not be opened in time");
        }
        catch (Exception e) // of the route chain or the disk: the client is told, and the log has it in full
        {
            logger.CannotOpen(e, asked.FileName, asked.Client);
            return TftpReply.Refuse(TftpErrorCode.NotDefined, "The file could not be opened");
        }
    }

    private void Report(TftpRequest asked, TftpReply.Content content, TftpCompletion completion)
    {
        if (completion.Outcome == TftpOutcome.Served)
            logger.Served(asked.FileName, asked.Client, completion.BytesAcknowledged, completion.Duration);
        else
            logger.NotServed(asked.FileName, asked.Client, completion.BytesAcknowledged, completion.Duration, completion.Reason);
        try
        {
            content.Completed?.Invoke(completion);
        }
        catch (Exception e) // the transfer is over; who wanted to know of it must not end the process
        {
            logger.NotTold(e, asked.FileName, asked.Client);
        }
    }

    private void Left(Session session, (IPEndPoint Client, IPAddress Local) key)
    {
        _sessions.TryRemove(new(key, session));
        _admission.Leave(key.Client.Address);
        session.Dispose();
    }

    /// <summary>
    /// A port of its own for an answer; null when the request was sent to no single machine: such ones are not answered (RFC 1123
    /// section 4.2.3.5).
    /// </summary>
    private TransferSocket? SocketOrNull(TftpRequest asked)
    {
        try
        {
            return new TransferSocket(asked.LocalAddress, asked.Client);
        }
        catch (SocketException e)
        {
            logger.CannotAnswer(asked.Client, asked.LocalAddress, e.Message);
            return null;
        }
    }

    private void Refuse(IPEndPoint client, IPAddress local, TftpReply.Refusal refusal)
    {
        logger.Refused("-", client, refusal.Message);
        using var socket = SocketOrNull(new("-", client, local));
        socket?.Send(ErrorPacket.Write(refusal.Code, refusal.Message));
    }

    private static ValueTask DisposeAsync(TftpReply reply) =>
        reply is TftpReply.Content content ? content.Bytes.DisposeAsync() : default;

    /// <summary>What one client port has asked for.</summary>
    private sealed class Session(byte[] packet, CancellationTokenSource cancel) : IDisposable
    {
        private readonly Lock _gate = new();
        private SendLoop? _loop;
        private Transfer? _transfer;

        public CancellationToken Cancel { get; } = cancel.Token;

        /// <summary>Whether the client wants something else by now.</summary>
        public bool IsSuperseded { get; private set; }

        public bool IsSame(ReadOnlySpan<byte> other) => other.SequenceEqual(packet);

        /// <summary>The file is being sent.</summary>
        /// <returns>Whether the client still wants it.</returns>
        public bool Began(SendLoop loop, Transfer transfer)
        {
            lock (_gate)
            {
                (_loop, _transfer) = (loop, transfer);
                return !IsSuperseded;
            }
        }

        /// <summary>The same packet came again.</summary>
        public void AskedAgain()
        {
            lock (_gate)
            {
                if (_transfer is { } transfer)
                    _loop!.Post(transfer.AskedAgain);
            }
        }

        /// <summary>The client wants something else.</summary>
        public void Supersede()
        {
            lock (_gate)
            {
                IsSuperseded = true;
                if (_transfer is { } transfer)
                    _loop!.Post(transfer.Leave);
            }
        }

        public void Dispose() => cancel.Dispose();
    }
}
