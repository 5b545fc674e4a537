using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Rack.Replication;

/// <summary>
/// A file that is read while it comes. Its end is held back until the whole is verified, and when its bytes turn out to be
/// wrong, reading fails: so nobody gets all of something wrong.
/// </summary>
internal sealed class FillingStream(FileStream file, Digest digest, Filling filling, long offset) : Stream
{
    /// <summary>Bytes at the end that are given only after verification.</summary>
    public const int HeldBack = 64 * 1024;

    private readonly int _generation = filling.State.Generation;

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
            if (there > 0 && !buffer.IsEmpty)
                return await ReadAsync(buffer[..(int)Math.Min(buffer.Length, there)]);
            if (Position >= filling.Size || buffer.IsEmpty)
                return 0;
            state = await filling.NextAsync(state, cancellationToken);
        }

        async Task<int> ReadAsync(Memory<byte> piece)
        {
            var read = await RandomAccess.ReadAsync(file.SafeFileHandle, piece, Position, cancellationToken);
            // Looked at again after the reading: the file may have begun anew meanwhile.
            Check(filling.State);
            if (read == 0)
                throw Broken("its bytes are gone");
            Position += read;
            return read;
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
        if (state.Generation != _generation)
            throw Broken("its bytes turned out to be wrong and are fetched anew");
        if (state.Fault is { } fault)
            throw Broken(fault.Message);
    }

    private IOException Broken(string why) => new($"The file {digest} cannot be given to its end: {why}.");
}
