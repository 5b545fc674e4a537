using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify.Containers;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Conversions;

/// <summary>Writes a disk, or the tar archive of a root file system, in the form of a file type.</summary>
internal sealed class Packer(Stream output, Form form, int workers)
{
    /// <summary>The name of a disk in an archive; whoever unpacks it writes it to standard output.</summary>
    private const string MemberName = "disk.raw";
    private const long LargestOctal = 8L << 30; // eleven octal digits

    private long _written;

    /// <summary>Bytes given to the output so far.</summary>
    public long BytesWritten => Interlocked.Read(ref _written);

    /// <summary>
    /// Packs the content and returns its length. <paramref name="length"/> is needed for a disk in an archive, whose size
    /// comes before it.
    /// </summary>
    public async Task<long> PackAsync(Stream content, long? length, Action<long> progress, CancellationToken token)
    {
        await using var counted = new CountingStream(output, n => Interlocked.Add(ref _written, n));
        await using var encoder = Encoders.Open(form.Compression, counted, workers);
        var archived = form is { IsDisk: true, IsTar: true };
        if (archived)
            await encoder.WriteAsync(Header(length ?? throw new ArgumentNullException(nameof(length))), token);
        var buffer = new byte[1 << 20];
        var done = 0L;
        while (await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, token) is > 0 and var got)
        {
            await encoder.WriteAsync(buffer.AsMemory(0, got), token);
            done += got;
            progress(done);
        }

        if (archived)
        {
            if (done != length)
                throw new InvalidDataException($"The disk has {done} bytes and {length} were announced.");
            // Filled up to a block, then two empty ones.
            await encoder.WriteAsync(new byte[TarHeader.After(0, done) - done + (2 * TarHeader.Block)], token);
        }

        await encoder.FinishAsync(token);
        return done;
    }

    // Only what does not change: no time, no owner. A size of 8 GiB or more is written in GNU tar's way, which every
    // tar that unpacks images reads.
    private static byte[] Header(long size)
    {
        var block = new byte[TarHeader.Block];
        void Put(int at, string text) => Encoding.ASCII.GetBytes(text, block.AsSpan(at));
        var large = size >= LargestOctal;
        Put(0, MemberName);
        Put(100, "0000644\0");
        Put(108, "0000000\0");
        Put(116, "0000000\0");
        if (large)
        {
            block[124] = 0x80;
            WriteInt64BigEndian(block.AsSpan(128), size);
        }
        else
        {
            Put(124, Convert.ToString(size, 8).PadLeft(11, '0') + "\0");
        }

        Put(136, "00000000000\0");
        Put(148, "        ");
        block[156] = (byte)'0';
        Put(257, large ? "ustar  \0" : "ustar\0" + "00");
        var sum = 0;
        foreach (var b in block)
            sum += b;
        Put(148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
        return block;
    }

    private sealed class CountingStream(Stream inner, Action<int> count) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            count(buffer.Length);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int length, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, length), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();
    }
}
