using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Identify.Views;

/// <summary>Bytes that can be read at any offset: a file, a part of one, or what a file unpacks to.</summary>
internal abstract class ByteView
{
    /// <summary>The number of bytes, or null when it is not known before all were read.</summary>
    public abstract long? Length { get; }

    /// <summary>Whether bytes that are not given may be there all the same, behind a limit or behind what has come so far.</summary>
    public virtual bool IsCutOff => false;

    /// <summary>Fills the buffer from that offset; fewer bytes only at the end or at a limit.</summary>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken token);

    /// <summary>Up to <paramref name="count"/> bytes from that offset.</summary>
    public async ValueTask<byte[]> ReadUpToAsync(long offset, int count, CancellationToken token)
    {
        if (offset < 0 || (Length is { } length && offset >= length))
            return [];
        if (Length is { } known)
            count = (int)Math.Min(count, known - offset);
        var bytes = new byte[count];
        var got = await ReadAsync(offset, bytes, token);
        return got == count ? bytes : bytes[..got];
    }

    /// <summary>Exactly <paramref name="count"/> bytes from that offset, or null when there are fewer.</summary>
    public async ValueTask<byte[]?> ReadOrNullAsync(long offset, int count, CancellationToken token)
    {
        var bytes = await ReadUpToAsync(offset, count, token);
        return bytes.Length == count ? bytes : null;
    }
}

/// <summary>A seekable stream.</summary>
internal sealed class StreamView(Stream stream, InspectionBudget budget) : ByteView
{
    public override long? Length { get; } = stream.Length;

    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken token)
    {
        budget.CountRead(buffer.Length);
        if (offset < 0 || offset >= Length)
            return 0;
        stream.Position = offset;
        return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, token);
    }
}

/// <summary>The first bytes of a file whose others are not here yet.</summary>
internal sealed class StartView(ReadOnlyMemory<byte> start, InspectionBudget budget) : ByteView
{
    public override long? Length => null;

    public override bool IsCutOff => true;

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken token)
    {
        budget.CountRead(buffer.Length);
        if (offset < 0)
            return new(0);
        var count = (int)Math.Clamp(start.Length - offset, 0, buffer.Length);
        if (count > 0)
            start.Slice((int)offset, count).CopyTo(buffer);
        return new(count);
    }
}

/// <summary>A part of another view: a partition, a file in an archive.</summary>
internal sealed class SliceView : ByteView
{
    private readonly ByteView _whole;
    private readonly long _start;
    private readonly long _length;

    public SliceView(ByteView whole, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _whole = whole;
        _start = start;
        _length = Math.Min(length, long.MaxValue - start);
        IsCut = whole.Length is { } all && all - _start < _length;
    }

    /// <summary>Whether the whole is known to end before this part does.</summary>
    public bool IsCut { get; }

    public override long? Length => _length;

    public override bool IsCutOff => _whole.IsCutOff;

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken token)
    {
        if (offset < 0 || offset >= _length)
            return new(0);
        if (buffer.Length > _length - offset)
            buffer = buffer[..(int)(_length - offset)];
        return _whole.ReadAsync(_start + offset, buffer, token);
    }
}

/// <summary>Ends a decoder at bytes that are not given, which is not the end of what it unpacks.</summary>
internal sealed class CutOffException : Exception;

/// <summary>Reads a view from its start to its end, for a decoder.</summary>
internal sealed class ViewStream(ByteView view) : Compression.ReadOnlyStream
{
    private long _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var got = await view.ReadAsync(_position, buffer, cancellationToken);
        _position += got;
        return got > 0 || buffer.IsEmpty || !view.IsCutOff ? got : throw new CutOffException();
    }
}
