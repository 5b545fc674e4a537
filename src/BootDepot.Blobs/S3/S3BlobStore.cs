using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Locks;
using BootDepot.Images;

namespace BootDepot.Blobs.S3;

/// <summary>
/// Blobs as objects of an S3 bucket (docs/storage.md). S3 cannot lock, so who writes a partial is decided by
/// <see cref="IPartialLocks"/>.
/// </summary>
public sealed class S3BlobStore : IBlobStore, IAsyncDisposable
{
    /// <summary>Metadata of a partial's object: bytes in all, parts included.</summary>
    internal const string ReceivedField = "received";

    private readonly S3Client _client;
    private readonly S3Keys _keys;
    private readonly S3Options _options;
    private readonly IPartialLocks _locks;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="options">Where.</param>
    /// <param name="locks">Locks of partials; disposed with the store.</param>
    public S3BlobStore(S3Options options, IPartialLocks locks)
    {
        _options = options;
        _client = new S3Client(options);
        _keys = new S3Keys(options.Prefix);
        _locks = locks;
    }

    /// <inheritdoc />
    public bool IsShared => _locks.IsShared;

    /// <inheritdoc />
    public async Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel) =>
        (await _client.HeadOrNullAsync(_keys.Blob(digest), cancel))?.ContentLength;

    /// <inheritdoc />
    public async Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (await SizeOrNullAsync(digest, cancel) is not { } size)
            return null;
        if (offset > size)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The blob has {size} bytes.");
        return new S3BlobStream(_client, _keys.Blob(digest), size, offset);
    }

    /// <summary>A URL by which anyone can read the blob, from the S3 server itself, for a while; null when that is not wanted.</summary>
    public Uri? SignedUrlOrNull(Digest digest, DateTimeOffset until) => _options.Redirect ? _client.Sign(_keys.Blob(digest), until) : null;

    /// <inheritdoc />
    public async Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel)
    {
        if (size is { } expected)
            ArgumentOutOfRangeException.ThrowIfNegative(expected, nameof(size));
        var held = await _locks.TakeOrNullAsync(name, cancel) ?? throw new PartialBusyException(name);
        var writer = new S3BlobWriter(_client, _keys, name, size, _options.PartSize, held);
        try
        {
            await writer.PrepareAsync(cancel);
            return writer;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task DiscardPartialAsync(PartialName name, CancellationToken cancel)
    {
        await using var held = await _locks.TakeOrNullAsync(name, cancel) ?? throw new PartialBusyException(name);
        await S3BlobWriter.DiscardAsync(_client, _keys, name, cancel);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var item in _client.ListAsync(_keys.Blobs, cancel))
        {
            if (_keys.TryReadBlob(item.Key, out var digest))
                yield return new BlobInfo(digest, item.Size ?? 0, Utc(item.LastModified));
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<PartialInfo> ListPartialsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = new HashSet<PartialName>();
        await foreach (var item in _client.ListAsync(_keys.Partials, cancel))
        {
            // Pieces alone are what a killed process left of a partial; it counts as one, so that it is removed one day.
            if (!_keys.TryReadPartial(item.Key, out var name) || !seen.Add(name))
                continue;
            var head = await _client.HeadOrNullAsync(_keys.Partial(name), cancel);
            _ = long.TryParse(head?.Metadata[ReceivedField], CultureInfo.InvariantCulture, out var received);
            yield return new PartialInfo(name, received, Utc(item.LastModified));
        }
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(Digest digest, CancellationToken cancel)
    {
        if (await SizeOrNullAsync(digest, cancel) is null)
            return false;
        await _client.DeleteAsync(_keys.Blob(digest), cancel);
        return true;
    }

    /// <inheritdoc />
    public async Task<BlobSpace> MeasureAsync(CancellationToken cancel)
    {
        var used = 0L;
        await foreach (var item in _client.ListAsync(_options.Prefix, cancel))
            used += item.Size ?? 0;
        return new BlobSpace(Free: null, used);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _locks.DisposeAsync();
    }

    private static DateTimeOffset Utc(DateTime? moment) => new(DateTime.SpecifyKind((moment ?? DateTime.UnixEpoch).ToUniversalTime(), DateTimeKind.Utc));
}
