using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Rack.Replication;

/// <summary>
/// A file that is read while it comes. Its end is held back until the whole is verified, and when its bytes turn out to be
/// wrong, reading fails: so nobody gets all of something wrong. Who was given nothing yet does not notice and gets the new ones.
/// </summary>
internal sealed class FillingStream(FileStream file, Digest digest, Filling filling, long offset) : Stream
{
    /// <summary>Bytes at the end that are given only after verification.</summary>
    public const int HeldBack = 64 * 1024;

    // Of the bytes that were given; null while none were.
    private int? _generation;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => filling.Size;

    public override long Position { get; set; } = offset;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var state = filling.State;
        while (true)
        {
            Check(state);
            var there = (state.IsComplete ? filling.Size : Math.Min(state.Received, filling.Size - HeldBack)) - Position;
            if (Position >= filling.Size || buffer.IsEmpty)
                return 0;
            if (there <= 0)
            {
                state = await filling.NextAsync(state, cancellationToken);
                continue;
            }

            var piece = buffer[..(int)Math.Min(buffer.Length, there)];
            var read = await RandomAccess.ReadAsync(file.SafeFileHandle, piece, Position, cancellationToken);
            // Looked at again after the reading: the file may have begun anew meanwhile.
            var now = filling.State;
            if (read > 0 && now.Generation == state.Generation && now.Fault is null)
            {
                Position += read;
                _generation = now.Generation;
                return read;
            }

            // Wrong bytes are cut off a moment before it is told that they were wrong.
            state = now != state || (_generation is null && !now.IsOver)
                ? await filling.NextAsync(state, cancellationToken)
                : throw Broken("its bytes are gone");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A file that is on its way is read asynchronously: a thread must not wait for the network.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private void Check(FillingState state)
    {
        if (_generation is { } given && state.Generation != given)
            throw Broken("its bytes turned out to be wrong and are fetched anew");
        if (state.Fault is { } fault)
            throw Broken(fault.Message);
    }

    private IOException Broken(string why) => new($"The file {digest} cannot be given to its end: {why}.");
}
