using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Compression;
using BootDepot.DiskImages.Identify;
using BootDepot.DiskImages.Identify.Containers;

namespace BootDepot.DiskImages.Conversions;

/// <summary>Opens what is inside a file: the way through its containers that the inspection found.</summary>
internal sealed class ContentSource : IAsyncDisposable
{
    private const long DecoderMemory = 192L << 20;

    private readonly Stream _file;
    private Stream _at;
    private Stream? _outer;

    private ContentSource(Stream file) => _file = _at = file;

    /// <summary>The content.</summary>
    public Stream Content => _at;

    /// <summary>Its length in bytes, or null when only its end tells.</summary>
    public long? Length { get; private set; }

    /// <summary>How much of the file was read: 0 to 1.</summary>
    public double Fraction => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <summary>Opens the disk at the end of the chain, or the tar archive of a root file system.</summary>
    public static async Task<ContentSource> OpenAsync(string path, Found found, string? applianceDisk, CancellationToken token)
    {
        var source = new ContentSource(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan)
        );
        try
        {
            source.Length = source._file.Length;
            await source.EnterAsync(found, applianceDisk, token);
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    private async Task EnterAsync(Found found, string? applianceDisk, CancellationToken token)
    {
        for (var at = found; ; at = at.InnerOrNull!)
        {
            switch (at)
            {
                case CompressedFound packed:
                    _at = Decoders.Open(packed.Compression, _at, DecoderMemory);
                    Length = null;
                    break;
                case TarFound { Inner: RootTreeFound }:
                    return;
                case TarFound { Inner: ApplianceFound appliance }:
                    var disk = ConversionPlan.DiskOrNull(appliance, applianceDisk)!;
                    await EnterMemberAsync(disk.Name, token);
                    await EnterAsync(disk.Content, null, token);
                    return;
                case TarFound tar:
                    await EnterMemberAsync(tar.MemberName!, token);
                    break;
                default:
                    return;
            }
        }
    }

    private async Task EnterMemberAsync(string name, CancellationToken token)
    {
        var length = await TarMembers.SkipToAsync(_at, name, token);
        _outer ??= _at;
        _at = new Part(_at, length);
        Length = length;
    }

    /// <summary>Reads what follows the content, so that the containers' own checks of their ends are made.</summary>
    public async Task DrainAsync(CancellationToken token)
    {
        if (_outer is null)
            return;
        var rest = new byte[64 << 10];
        while (await _outer.ReadAsync(rest, token) > 0)
        {
            // nothing to do with it
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _at.DisposeAsync();
        await _file.DisposeAsync();
    }

    private sealed class Part(Stream whole, long length) : ReadOnlyStream
    {
        private long _left = length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0 || buffer.IsEmpty)
                return 0;
            if (buffer.Length > _left)
                buffer = buffer[..(int)_left];
            var got = await whole.ReadAsync(buffer, cancellationToken);
            if (got == 0)
                throw new EndOfStreamException("The archive's member is cut off.");
            _left -= got;
            return got;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                whole.Dispose();
            base.Dispose(disposing);
        }
    }
}
