using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Transfers.Bundles;

/// <summary>
/// Writes a bundle into one file, or into parts of one size. What is being written ends in <c>.partial</c>; a part gets its name when it
/// is whole and on disk. A writer that is opened again goes on behind the last entry that is whole.
/// </summary>
public sealed class BundleWriter : IAsyncDisposable
{
    private const string Unfinished = ".partial";
    private const int PieceSize = 1024 * 1024;

    private readonly string _file;
    private readonly long? _partSize;
    private readonly BundleDraft _draft;
    private FileStream? _open;
    private int _number;

    private BundleWriter(string file, long? partSize, BundleDraft draft)
    {
        _file = file;
        _partSize = partSize;
        _draft = draft;
    }

    /// <summary>Where the next byte goes: the begin of an entry, or the end of all.</summary>
    public long Position { get; private set; }

    /// <summary>Whether what was there belongs to another bundle, and was begun anew.</summary>
    public bool IsBegunAnew { get; private set; }

    /// <summary>Begins a bundle, or goes on with the one that is there.</summary>
    /// <param name="file">The bundle, or the name that its parts have in common.</param>
    /// <param name="partSize">Bytes of a part; null for one file.</param>
    /// <param name="draft">What is to be written.</param>
    /// <param name="cancel">Ends the look at what is there.</param>
    public static async Task<BundleWriter> OpenAsync(string file, long? partSize, BundleDraft draft, CancellationToken cancel)
    {
        var writer = new BundleWriter(file, partSize, draft);
        var there = writer.FilesThere();
        if (there.Length == 0)
            return writer;
        long good;
        using (var parts = BundleParts.OpenInThisOrder([there[0]]))
            writer.IsBegunAnew = !await writer.HasHeadAsync(parts, there.Length > 1, cancel);
        using (var parts = BundleParts.OpenInThisOrder(there))
            good = writer.IsBegunAnew ? 0 : await writer.GoodAsync(parts, cancel);
        writer.CutTo(good, there);
        return writer;
    }

    /// <summary>Writes what comes before the blobs, unless it is there.</summary>
    public Task WriteHeadAsync(CancellationToken cancel) => Position == 0 ? AppendAsync(_draft.Head, cancel) : Task.CompletedTask;

    /// <summary>Writes the next entry.</summary>
    /// <exception cref="IOException">The content is not that of the entry; the file has to be opened again.</exception>
    public async Task WriteAsync(BundleEntry entry, Stream content, CancellationToken cancel)
    {
        if (entry.HeaderOffset != Position)
            throw new InvalidOperationException($"{entry.Name} belongs at {entry.HeaderOffset}, not at {Position}.");
        await AppendAsync(entry.Header, cancel);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceSize];
        for (int count; (count = await content.ReadAsync(piece, cancel)) > 0;)
        {
            hash.AppendData(piece.AsSpan(0, count));
            await AppendAsync(piece.AsMemory(0, count), cancel);
        }

        if (Position != entry.DataOffset + entry.Size || Digest.FromHash(hash.GetHashAndReset()) != entry.Digest)
            throw new IOException($"{entry.Title} was changed while it was written. Export again.");
        await AppendAsync(new byte[entry.End - Position], cancel);
    }

    /// <summary>Writes the end and gives the last file its name.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        if (Position < _draft.Layout.Size)
            await AppendAsync(new byte[_draft.Layout.Size - Position], cancel);
        ClosePart();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_open is not null)
            await _open.DisposeAsync();
    }

    private string NameOf(int number) => _partSize is null ? _file : BundleParts.NameOf(_file, number + 1);

    private string[] FilesThere() =>
    [
        .. Enumerable.Range(0, _partSize is null ? 1 : int.MaxValue)
            .Select(n => File.Exists(NameOf(n)) ? NameOf(n) : File.Exists(NameOf(n) + Unfinished) ? NameOf(n) + Unfinished : null)
            .TakeWhile(n => n is not null)
            .OfType<string>(),
    ];

    // Whether an earlier run that was cut off wrote the same bundle with parts of the same size.
    private async Task<bool> HasHeadAsync(BundleParts first, bool isFollowed, CancellationToken cancel)
    {
        var block = new byte[TarBlock.Size];
        if (await first.ReadAsync(0, block, cancel) == block.Length && !Bundle.IsBegin(block))
            throw new BundleException(new Fault(BundleErrors.Unreadable, $"{_file} is there and is not a bundle; it is not written over. Name another file, or remove it."));
        if (isFollowed ? first.Length != _partSize : first.Length > (_partSize ?? long.MaxValue))
            return false;
        var known = new byte[long.Min(first.Length, _draft.Head.Length)];
        await first.ReadAsync(0, known, cancel);
        return known.AsSpan().SequenceEqual(_draft.Head.Span[..known.Length]);
    }

    // After a crash of the machine a file may be as long as it was and not have its bytes: all are read again, which is quick.
    private async Task<long> GoodAsync(BundleParts there, CancellationToken cancel)
    {
        var head = new byte[_draft.Head.Length];
        if (await there.ReadAsync(0, head, cancel) < head.Length || !head.AsSpan().SequenceEqual(_draft.Head.Span))
            return 0;
        foreach (var entry in _draft.Blobs)
        {
            if (there.Length < entry.End || !await IsGoodAsync(there, entry, cancel))
                return entry.HeaderOffset;
        }

        return _draft.Layout.Entries[^1].End;
    }

    private static async Task<bool> IsGoodAsync(BundleParts there, BundleEntry entry, CancellationToken cancel)
    {
        var header = new byte[TarBlock.Size];
        await there.ReadAsync(entry.HeaderOffset, header, cancel);
        if (!header.AsSpan().SequenceEqual(entry.Header))
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceSize];
        for (long at = 0; at < entry.Size;)
        {
            var count = await there.ReadAsync(entry.DataOffset + at, piece.AsMemory(0, (int)long.Min(piece.Length, entry.Size - at)), cancel);
            hash.AppendData(piece.AsSpan(0, count));
            at += count;
            if (count == 0)
                return false;
        }

        var padding = new byte[entry.End - entry.DataOffset - entry.Size];
        await there.ReadAsync(entry.DataOffset + entry.Size, padding, cancel);
        return Digest.FromHash(hash.GetHashAndReset()) == entry.Digest && !padding.AsSpan().ContainsAnyExcept((byte)0);
    }

    private void CutTo(long good, string[] there)
    {
        Position = good;
        _number = _partSize is { } size ? (int)(good / size) : 0;
        for (var number = there.Length - 1; number > _number; number--)
            File.Delete(there[number]);
        if (_number >= there.Length)
            return;
        var name = NameOf(_number) + Unfinished;
        if (there[_number] != name)
            File.Move(there[_number], name);
        _open = new FileStream(name, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _open.SetLength(_partSize is { } part ? good % part : good);
        _open.Seek(0, SeekOrigin.End);
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty)
        {
            _open ??= new FileStream(NameOf(_number) + Unfinished, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var count = (int)long.Min(bytes.Length, (_partSize ?? long.MaxValue) - _open.Length);
            await _open.WriteAsync(bytes[..count], cancel);
            Position += count;
            bytes = bytes[count..];
            if (_open.Length == _partSize)
                ClosePart();
        }
    }

    private void ClosePart()
    {
        if (_open is null)
            return;
        _open.Flush(flushToDisk: true);
        _open.Dispose();
        _open = null;
        File.Move(NameOf(_number) + Unfinished, NameOf(_number), overwrite: true);
        _number++;
    }
}
