using System;
using System.Buffers.Binary;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp.Packets;
using BootDepot.Rack.Netboot.Tftp.Sockets;

namespace BootDepot.Rack.Netboot.Tftp.Sending;

/// <summary>One file on its way to one client. Lives on the thread of its <see cref="SendLoop" />.</summary>
internal sealed class Transfer : IReady
{
    private const int ReceiveSize = 600;
    private const long RestartAfter = 1_000_000;

    private readonly SendLoop _loop;
    private readonly TransferSocket _socket;
    private readonly TransferTerms _terms;
    private readonly long _length;
    private readonly Action<TftpCompletion> _whenEnded;
    private readonly Action _pump;
    private readonly ReadAhead _content;
    private readonly SendWindow _window;
    private readonly RetransmitTimer _timer;
    private readonly long _last;
    private readonly long _startedAt;
    private readonly long _giveUpAfter;
    private readonly long _stallLimit;
    private long _sentAt;
    private long _progressAt;
    private bool _starves; // the next block is not there yet
    private long _availableBefore;
    private bool _awaitsWritable;
    private bool _hasProgressed;
    private bool _hasEnded;

    /// <summary>Makes it; <see cref="Begin" /> sends its first packet.</summary>
    /// <param name="loop">Its thread.</param>
    /// <param name="socket">Its port; disposed of at the end.</param>
    /// <param name="content">Its file; disposed of at the end.</param>
    /// <param name="terms">What was agreed with the client.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="startedAt">When the request came, by the loop's clock.</param>
    /// <param name="whenEnded">Called once, on the thread.</param>
    public Transfer(
        SendLoop loop,
        TransferSocket socket,
        ReadAhead content,
        TransferTerms terms,
        TftpOptions options,
        long startedAt,
        Action<TftpCompletion> whenEnded)
    {
        _loop = loop;
        _socket = socket;
        _terms = terms;
        _content = content;
        _length = content.Length;
        _whenEnded = whenEnded;
        _pump = () => Pump(_loop.Now);
        content.Filled = () => _loop.Post(_pump);
        _last = (_length / terms.BlockSize) + 1;
        _window = new(_last, terms.WindowSize, terms.Acknowledgement is not null);
        _timer = new(options, terms.Timeout);
        _startedAt = startedAt;
        var patience = terms.Timeout is { } own && own * 5 > options.GiveUpAfter ? own * 5 : options.GiveUpAfter;
        _giveUpAfter = (long)patience.TotalMicroseconds;
        _stallLimit = (long)options.StallLimit.TotalMicroseconds;
        socket.Prepare(terms, options.Segmentation);
    }

    /// <summary>When something must be done although nothing came.</summary>
    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Sends the first packet.</summary>
    public void Begin()
    {
        _loop.Add(this);
        _loop.Poller.Add(_socket.Descriptor, this);
        _progressAt = _loop.Now;
        Pump(_progressAt);
    }

    /// <summary>
    /// The request came once more. Before the client has answered, it did not get the first packet: it gets it again. Later it is
    /// an old copy, unless the client has been silent: then it was restarted, and the next copy is a request of its own.
    /// </summary>
    public void AskedAgain()
    {
        var now = _loop.Now;
        if (!_hasProgressed)
        {
            _window.Rewind();
            Pump(now);
        }
        else if (now - _progressAt > RestartAfter)
        {
            Leave();
        }
    }

    /// <summary>Ends it without a word: its client asks for another file from the same port, and would take an error for the answer.</summary>
    public void Leave() => End(TftpOutcome.Aborted, "the client began anew");

    /// <summary>Ends it, saying so to the client.</summary>
    public void Stop(string reason) => Fail(TftpErrorCode.NotDefined, reason);

    /// <summary>Nothing came in time.</summary>
    public void Expire(long now)
    {
        if (_starves)
        {
            Fail(TftpErrorCode.NotDefined, "The file's next bytes did not come in time");
        }
        else if (now - _progressAt > _giveUpAfter)
        {
            // Perhaps it is there after all and waits for what cannot come: curl does when it has lost count.
            _socket.Send(ErrorPacket.Write(TftpErrorCode.NotDefined, "Nothing new was acknowledged for too long"));
            End(TftpOutcome.Failed, "the client fell silent");
        }
        else
        {
            _window.Rewind();
            _timer.BackOff();
            Pump(now);
        }
    }

    /// <inheritdoc />
    public void Ready(uint events)
    {
        if ((events & Linux.Failed) != 0 && _socket.IsClientGone())
        {
            ClientGone();
            return;
        }

        if ((events & Linux.Readable) != 0)
            Receive();
        if ((events & Linux.Writable) != 0 && !_hasEnded)
        {
            _awaitsWritable = false;
            _loop.Poller.AwaitWritable(_socket.Descriptor, false);
            Pump(_loop.Now);
        }
    }

    private void Receive()
    {
        Span<byte> buffer = stackalloc byte[ReceiveSize];
        Span<byte> sender = stackalloc byte[28];
        var got = _socket.Receive(buffer, out var isClient, ref sender);
        if (got < 4)
            return; // nothing, or too short to be anything
        var packet = buffer[..got];
        var opcode = (Opcode)BinaryPrimitives.ReadUInt16BigEndian(packet);
        if (!isClient)
        {
            if (opcode != Opcode.Error)
                _socket.SendTo(ErrorPacket.Write(TftpErrorCode.UnknownTransfer, "This transfer is someone else's"), sender);
        }
        else if (opcode == Opcode.Acknowledgement)
        {
            Acknowledged(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        }
        else if (opcode == Opcode.Error)
        {
            End(TftpOutcome.Aborted, "the client said " + ErrorPacket.Describe(packet));
        }
        else
        {
            Fail(TftpErrorCode.IllegalOperation, "Only acknowledgements are expected here");
        }
    }

    private void Acknowledged(ushort block)
    {
        var measures = !_window.IsRepeated;
        if (!_window.Acknowledge(block))
            return;
        var now = _loop.Now;
        _hasProgressed = true;
        _progressAt = now;
        if (measures)
            _timer.Measured(now - _sentAt);
        if (_window.IsDone)
            End(TftpOutcome.Served, null);
        else
            Pump(now);
    }

    /// <summary>Sends what may be sent and is there.</summary>
    private void Pump(long now)
    {
        if (_hasEnded)
            return;
        _content.Release(Math.Max(0, _window.Base - 1) * _terms.BlockSize);
        var wants = false;
        while (!_awaitsWritable && _window.Next <= _window.End)
        {
            var end = Math.Min(_window.End, LastBlockThere());
            wants = end < _window.Next;
            if (wants)
                break;
            var count = 1;
            var result = _window.Next == 0
                ? _socket.Send(_terms.Acknowledgement!.Value.AsSpan())
                : _socket.SendBlocks(_content, _window.Next, end, _terms.BlockSize, out count);
            if (result == SendResult.ClientGone)
            {
                ClientGone();
                return;
            }

            if (result == SendResult.Full)
            {
                _awaitsWritable = true;
                _loop.Poller.AwaitWritable(_socket.Descriptor, true);
                break;
            }

            _window.Sent(count);
            _sentAt = now;
        }

        Await(now, wants);
    }

    private void Await(long now, bool wants)
    {
        if (wants && _content.Failure is { } failure && LastBlockThere() < _window.Next)
        {
            Fail(TftpErrorCode.NotDefined, "The file could not be read", failure.Message);
            return;
        }

        if (!wants)
        {
            if (_starves)
                _progressAt = now; // the client was not to blame
            Deadline = (_window.IsUnderWay ? _sentAt : now) + _timer.Wait;
        }
        else if (!_starves || _content.Available != _availableBefore)
        {
            Deadline = now + _stallLimit;
            _availableBefore = _content.Available;
        }

        _starves = wants;
        _loop.LookAt(Deadline);
    }

    private long LastBlockThere()
    {
        var available = _content.Available;
        return available == _length ? _last : available / _terms.BlockSize;
    }

    private void ClientGone() => End(TftpOutcome.Aborted, "the client closed its port");

    private void Fail(TftpErrorCode code, string message, string? detail = null)
    {
        if (_hasEnded)
            return;
        _socket.Send(ErrorPacket.Write(code, message));
        End(TftpOutcome.Failed, detail is null ? message : $"{message}: {detail}");
    }

    private void End(TftpOutcome outcome, string? reason)
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        _loop.Remove(this);
        _loop.Poller.Remove(_socket.Descriptor);
        _socket.Dispose();
        _ = Task.Run(async () => await _content.DisposeAsync());
        var acknowledged = Math.Min(_length, Math.Max(0, _window.Base - 1) * _terms.BlockSize);
        _whenEnded(new(outcome, acknowledged, TimeSpan.FromMicroseconds(_loop.Now - _startedAt), reason));
    }
}
