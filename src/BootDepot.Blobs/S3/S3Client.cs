using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace BootDepot.Blobs.S3;

/// <summary>The few calls of S3 that the store needs, in the form that servers of several vendors take, with errors put into our words.</summary>
internal sealed class S3Client : IDisposable
{
    private readonly S3Options _options;
    private readonly AmazonS3Client _client;
    private readonly bool _isTls;

    public S3Client(S3Options options)
    {
        _options = options;
        _isTls = options.Endpoint is null || options.Endpoint.Scheme == Uri.UriSchemeHttps;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            // Other vendors' servers do not know Amazon's newer checksums; our own digest covers all of it.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new S3Connections(),
        };
        if (options.Endpoint is { } endpoint)
            config.ServiceURL = endpoint.ToString();
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        _client = options.AccessKey is { } key ? new AmazonS3Client(key, options.SecretKey, config) : new AmazonS3Client(config);
    }

    public Task<GetObjectMetadataResponse?> HeadOrNullAsync(string key, CancellationToken cancel) =>
        OrNullAsync(() => _client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = key }, cancel), cancel);

    /// <summary>Opens up to that many bytes of an object at an offset that is inside it; null when it is not there.</summary>
    public Task<GetObjectResponse?> OpenOrNullAsync(string key, long offset, long count, CancellationToken cancel)
    {
        var range = (offset, count) is (0, long.MaxValue) ? null : new ByteRange(offset, count == long.MaxValue ? count : offset + count - 1);
        return OrNullAsync(
            () => _client.GetObjectAsync(new GetObjectRequest { BucketName = _options.Bucket, Key = key, ByteRange = range }, cancel), cancel);
    }

    public Task<byte[]?> ReadOrNullAsync(string key, CancellationToken cancel) => ReadOrNullAsync(key, 0, long.MaxValue, cancel);

    public async Task<byte[]?> ReadOrNullAsync(string key, long offset, long count, CancellationToken cancel)
    {
        using var response = await OpenOrNullAsync(key, offset, count, cancel);
        if (response is null)
            return null;
        using var copy = new MemoryStream((int)response.ContentLength);
        return await CallAsync(async () =>
        {
            await response.ResponseStream.CopyToAsync(copy, cancel);
            return copy.ToArray();
        }, cancel);
    }

    public Task PutAsync(string key, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, (string Name, string Value)? metadata, CancellationToken cancel) =>
        CallAsync(async () =>
        {
            using var stream = new MemoryStream(head.Length + body.Length);
            stream.Write(head.Span);
            stream.Write(body.Span);
            stream.Position = 0;
            var request = new PutObjectRequest
            {
                BucketName = _options.Bucket, Key = key, InputStream = stream, UseChunkEncoding = false, DisablePayloadSigning = _isTls,
                AutoCloseStream = false,
            };
            if (metadata is var (name, value))
                request.Metadata.Add(name, value);
            return await _client.PutObjectAsync(request, cancel);
        }, cancel);

    public async Task<string> BeginUploadAsync(string key, CancellationToken cancel) =>
        (await CallAsync(() => _client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = _options.Bucket, Key = key }, cancel), cancel)).UploadId;

    public async Task<string> UploadPartAsync(string key, string uploadId, int number, Stream bytes, CancellationToken cancel) =>
        (await CallAsync(() => _client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = _options.Bucket, Key = key, UploadId = uploadId, PartNumber = number, InputStream = bytes, PartSize = bytes.Length,
                UseChunkEncoding = false, DisablePayloadSigning = _isTls,
            },
            cancel), cancel)).ETag;

    /// <summary>Makes one object of the parts; false when the server does not have them any more.</summary>
    public async Task<bool> CompleteUploadAsync(string key, string uploadId, IEnumerable<S3Part> parts, CancellationToken cancel)
    {
        try
        {
            await CallAsync(() => _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = _options.Bucket, Key = key, UploadId = uploadId, PartETags = [.. parts.Select(p => new PartETag(p.Number, p.ETag))],
                },
                cancel), cancel);
            return true;
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "NoSuchUpload" or "InvalidPart" or "NoSuchKey")
        {
            return false;
        }
    }

    public async Task AbortUploadAsync(string key, string uploadId, CancellationToken cancel)
    {
        try
        {
            await CallAsync(() => _client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = key, UploadId = uploadId }, cancel), cancel);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            // Ended already.
        }
    }

    /// <summary>Copies on the server, in parts where S3 wants that (above 5 GiB; CopyObject's own limit).</summary>
    public async Task CopyAsync(string from, string to, long size, CancellationToken cancel)
    {
        const long Part = 1L << 30;
        if (size <= Part)
        {
            await CallAsync(() => _client.CopyObjectAsync(
                new CopyObjectRequest { SourceBucket = _options.Bucket, SourceKey = from, DestinationBucket = _options.Bucket, DestinationKey = to }, cancel), cancel);
            return;
        }

        var upload = await BeginUploadAsync(to, cancel);
        var parts = new List<S3Part>();
        for (var at = 0L; at < size; at += Part)
        {
            var last = Math.Min(at + Part, size) - 1;
            var request = new CopyPartRequest
            {
                SourceBucket = _options.Bucket, SourceKey = from, DestinationBucket = _options.Bucket, DestinationKey = to,
                UploadId = upload, PartNumber = parts.Count + 1, FirstByte = at, LastByte = last,
            };
            var copied = await CallAsync(() => _client.CopyPartAsync(request, cancel), cancel);
            parts.Add(new S3Part(parts.Count + 1, copied.ETag, last - at + 1));
        }

        if (!await CompleteUploadAsync(to, upload, parts, cancel))
            throw new BlobsUnreachableException($"{_options} lost a copy that it was making of {from}.");
    }

    public Task DeleteAsync(string key, CancellationToken cancel) =>
        CallAsync(() => _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _options.Bucket, Key = key }, cancel), cancel);

    public async IAsyncEnumerable<S3Object> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await CallAsync(() => _client.ListObjectsV2Async(request, cancel), cancel);
            foreach (var item in page.S3Objects ?? [])
                yield return item;
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <summary>A URL by which anyone can read the object for a while.</summary>
    public Uri Sign(string key, DateTimeOffset until) => new(_client.GetPreSignedURL(new GetPreSignedUrlRequest
    {
        BucketName = _options.Bucket, Key = key, Expires = until.UtcDateTime, Protocol = _isTls ? Protocol.HTTPS : Protocol.HTTP,
    }));

    public void Dispose() => _client.Dispose();

    /// <summary>Makes a call, and says in our words when the server is away or refuses.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancel">What the call was given: only this one's cancellation is the caller's will.</param>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.InsufficientStorage || e.ErrorCode is "QuotaExceeded" or "EntityTooLarge")
        {
            throw new BlobSpaceException($"{_options} has no room: {e.Message}", e);
        }
        catch (AmazonServiceException e) when (!IsAnswer(e))
        {
            // Whatever it says (busy, another write at the same moment, a damaged request): nothing is lost, and whoever asked comes again.
            throw new BlobsUnreachableException($"{_options} refuses: {e.ErrorCode ?? e.StatusCode.ToString()}: {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or AmazonClientException or WebException or TimeoutException or SocketException
            || (e is IOException and not (BlobSpaceException or BlobsUnreachableException)))
        {
            throw new BlobsUnreachableException($"{_options} does not answer: {e.Message}", e);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is (OperationCanceledException or ObjectDisposedException))
        {
            // The HTTP client's own time-outs and connections that went away under it show as these.
            throw new BlobsUnreachableException($"{_options} does not answer: {e.Message}", e);
        }
    }

    // What callers ask for: whether there is such an object, upload or part.
    private static bool IsAnswer(AmazonServiceException e) =>
        e.ErrorCode is "NoSuchUpload" or "InvalidPart" or "NoSuchKey" || (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket");

    private async Task<T?> OrNullAsync<T>(Func<Task<T>> call, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await CallAsync(call, cancel);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
