using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.DiskImages.Identify.Views;

/// <summary>
/// A forward-only stream (a download, or what a decoder gives) made readable at any offset: what was read is kept, the
/// first mebibyte in memory and the rest in a sparse temporary file, and no more is read than was asked for.
/// </summary>
internal sealed class SpooledView : ByteView, IAsyncDisposable
{
    private const int InMemory = 1 << 20;
    private const int Step = 64 << 10;

    private readonly Stream _source;
    private readonly InspectionBudget _budget;
    private readonly byte[] _step = new byte[Step];
    private readonly MemoryStream _head = new();
    private FileStream? _rest;
    private long _have;
    private bool _ended;
    private bool _stopped;

    public SpooledView(Stream source, InspectionBudget budget) => (_source, _budget) = (source, budget);

    /// <summary>Known once the end was reached.</summary>
    public override long? Length => _ended && !_stopped ? _have : null;

    public override bool IsCutOff => _stopped;

    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken token)
    {
        _budget.CountRead(buffer.Length);
        if (offset < 0 || buffer.IsEmpty)
            return 0;
        if (offset >= _budget.Limits.UnpackedBytes)
        {
            // It could not be reached; so what lies before it need not be unpacked either.
            _budget.NoteStopped();
            return 0;
        }

        await FillAsync(offset + buffer.Length, token);
        var count = (int)Math.Clamp(_have - offset, 0, buffer.Length);
        var fromHead = (int)Math.Clamp(_head.Length - offset, 0, count);
        if (fromHead > 0)
            _head.GetBuffer().AsMemory((int)offset, fromHead).CopyTo(buffer);
        if (fromHead < count)
        {
            _rest!.Position = offset + fromHead - InMemory;
            await _rest.ReadExactlyAsync(buffer[fromHead..count], token);
        }

        return count;
    }

    private async ValueTask FillAsync(long end, CancellationToken token)
    {
        while (_have < end && !_ended)
        {
            var allowed = _budget.TakeUnpacked(Step);
            if (allowed == 0)
            {
                _stopped = _ended = true;
                return;
            }

            var got = await ReadStepAsync(allowed, token);
            await KeepAsync(_step.AsMemory(0, got), token);
            _have += got;
            _ended = got < allowed;
        }
    }

    private async ValueTask<int> ReadStepAsync(int allowed, CancellationToken token)
    {
        var got = 0;
        try
        {
            int more;
            while (got < allowed && (more = await _source.ReadAsync(_step.AsMemory(got, allowed - got), token)) > 0)
                got += more;
        }
        catch (CutOffException)
        {
            _stopped = true;
        }

        return got;
    }

    // A step never straddles the two places: the memory's size is a multiple of it, and only the last one is shorter.
    private async ValueTask KeepAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        if (_have < InMemory)
        {
            _head.Write(bytes.Span);
            return;
        }

        _rest ??= OpenTemporary();
        _rest.SetLength(_have - InMemory + bytes.Length);
        // Zeros stay holes.
        if (bytes.Span.ContainsAnyExcept((byte)0))
        {
            _rest.Position = _have - InMemory;
            await _rest.WriteAsync(bytes, token);
        }
    }

    private static FileStream OpenTemporary()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"bootdepot-inspect-{Guid.NewGuid():N}"), options);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _head.DisposeAsync();
        if (_rest is not null)
            await _rest.DisposeAsync();
    }
}
