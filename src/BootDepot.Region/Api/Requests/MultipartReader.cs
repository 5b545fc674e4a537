using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Region.Api.Requests;

/// <summary>
/// Splits a <c>multipart/form-data</c> body into parts (RFC 2046, section 5.1.1) with a buffer of fixed size. Tolerated,
/// because clients send it: parts without headers, parts without content, no line break after the closing delimiter,
/// bare LF line ends. A body that ends before its closing delimiter is malformed.
/// </summary>
internal sealed class MultipartReader : IDisposable
{
    /// <summary>Longest boundary (RFC 2046).</summary>
    public const int MaxBoundaryLength = 70;

    private const int BufferSize = 64 * 1024;

    private readonly Stream _body;
    private readonly byte[] _delimiter;
    private readonly int _maxHeaderBytes;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private bool _atEnd;
    private bool _isEmpty = true;
    private bool _finished;
    private bool _inPart = true;

    // The byte before _start ended a line, so a delimiter may begin right here.
    private bool _atLineStart = true;

    /// <summary>Over a body with that boundary.</summary>
    public MultipartReader(Stream body, string boundary, int maxHeaderBytes)
    {
        _body = body;
        _delimiter = Encoding.Latin1.GetBytes("--" + boundary);
        _maxHeaderBytes = maxHeaderBytes;
    }

    /// <summary>Goes to the next part, over what is left of the present one; null after the last.</summary>
    public async Task<PartHeaders?> NextOrNullAsync(CancellationToken cancel)
    {
        // The preamble is skipped as if it were a part.
        while (await ReadAsync(cancel) is { Length: > 0 })
        {
        }

        return _finished ? null : await ReadHeadersAsync(cancel);
    }

    /// <summary>The next bytes of the part, empty at its end. Valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancel)
    {
        while (_inPart)
        {
            if (_atLineStart)
            {
                switch (await TryDelimiterAsync(_start, cancel))
                {
                    case { } length:
                        await LeavePartAsync(length, cancel);
                        return default;
                    default:
                        _atLineStart = false;
                        break;
                }
            }

            var content = NextContent(out var lineEnd);
            if (content > 0)
            {
                var piece = _buffer.AsMemory(_start, content);
                _start += content;
                return piece;
            }

            if (lineEnd > 0 && await TryDelimiterAsync(_start + lineEnd, cancel) is { } found)
            {
                _start += lineEnd;
                await LeavePartAsync(found, cancel);
                return default;
            }

            if (lineEnd > 0)
            {
                // A line end that no delimiter follows is content.
                var piece = _buffer.AsMemory(_start, lineEnd);
                _start += lineEnd;
                return piece;
            }

            if (!await FillAsync(cancel))
            {
                _inPart = false;
                _finished = _isEmpty ? true : throw FormException.Malformed();
            }
        }

        return default;
    }

    /// <inheritdoc />
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    // How many bytes at _start are surely content: up to the first line end before something that looks like a delimiter.
    // lineEnd: length of the CRLF or LF when it stands right at _start and must be looked at.
    private int NextContent(out int lineEnd)
    {
        lineEnd = 0;
        var bytes = _buffer.AsSpan(_start, _end - _start);
        var from = 0;
        while (true)
        {
            var newline = bytes[from..].IndexOf((byte)'\n');
            if (newline < 0)
                return bytes is [.., (byte)'\r'] ? bytes.Length - 1 : bytes.Length;
            newline += from;
            var begin = newline > 0 && bytes[newline - 1] == '\r' ? newline - 1 : newline;
            var after = bytes[(newline + 1)..];
            var compared = Math.Min(after.Length, _delimiter.Length);
            if (after[..compared].SequenceEqual(_delimiter.AsSpan(0, compared)))
            {
                if (begin == 0)
                    lineEnd = newline + 1;
                return begin;
            }

            from = newline + 1;
        }
    }

    // Length of the delimiter at that place when there is one (null: no delimiter). Never consumes.
    private async ValueTask<int?> TryDelimiterAsync(int at, CancellationToken cancel)
    {
        var skip = at - _start;
        while (_end - _start < skip + _delimiter.Length + 2)
        {
            if (!await FillAsync(cancel))
                break;
        }

        var bytes = _buffer.AsSpan(_start + skip, _end - _start - skip);
        if (!bytes.StartsWith(_delimiter))
            return null;
        var tail = bytes[_delimiter.Length..];
        return tail is [(byte)'-', (byte)'-', ..] or [(byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t', ..]
            ? _delimiter.Length
            : null;
    }

    private async Task LeavePartAsync(int delimiterLength, CancellationToken cancel)
    {
        _inPart = false;
        _start += delimiterLength;
        if (_end - _start >= 2 && _buffer[_start] == '-' && _buffer[_start + 1] == '-')
        {
            _finished = true;
            return;
        }

        var length = await FindLineAsync(0, 256, cancel);
        _start += length;
    }

    private async Task<PartHeaders?> ReadHeadersAsync(CancellationToken cancel)
    {
        var length = 0;
        while (true)
        {
            var line = await FindLineAsync(length, _maxHeaderBytes, cancel);
            var text = _buffer.AsSpan(_start + length, line);
            if (text is [(byte)'\n'] or [(byte)'\r', (byte)'\n'])
            {
                var headers = PartHeaders.Parse(_buffer.AsSpan(_start, length));
                _start += length + line;
                _inPart = true;
                _atLineStart = true;
                return headers;
            }

            length += line;
        }
    }

    // Length, line end included, of the line that begins at _start + offset.
    private async ValueTask<int> FindLineAsync(int offset, int limit, CancellationToken cancel)
    {
        var searched = offset;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0 && searched + newline < limit)
                return searched + newline + 1 - offset;
            searched = _end - _start;
            if (searched >= limit || newline >= 0)
                throw FormException.TooLarge("the headers of a part", limit);
            if (!await FillAsync(cancel))
                throw FormException.Malformed();
        }
    }

    // Reads more; false at the end of the body. Moves what is unread to the front first.
    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_atEnd)
            return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await _body.ReadAsync(_buffer.AsMemory(_end, BufferSize - _end), cancel);
        _end += read;
        _atEnd = read == 0;
        _isEmpty &= _atEnd;
        return !_atEnd;
    }
}
