using System;

namespace BootDepot.Blobs.S3;

/// <summary>Which S3 server and bucket hold the blobs.</summary>
public sealed record S3Options
{
    /// <summary>URL of the server; null for Amazon's own of the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The bucket, which must exist.</summary>
    public required string Bucket { get; init; }

    /// <summary>What all keys begin with; empty, or ending with a slash.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>
    /// Whether the bucket is a part of the path (<c>http://server/bucket/key</c>), which most servers but Amazon's want, or of the
    /// host's name.
    /// </summary>
    public bool PathStyle { get; init; } = true;

    /// <summary>
    /// Access key; null to look where all programs for S3 do: environment (<c>AWS_ACCESS_KEY_ID</c>…), <c>~/.aws/credentials</c>, the
    /// role of the machine.
    /// </summary>
    public string? AccessKey { get; init; }

    /// <summary>Secret of the access key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>Whether who downloads is sent to the S3 server, with a signed URL, rather than served by the region.</summary>
    public bool Redirect { get; init; }

    /// <summary>Bytes of a part of a multipart upload, at first; a multiple of 1 MiB, 5 MiB at least (S3's own limit).</summary>
    public int PartSize { get; init; } = 8 << 20;

    /// <summary>Where it is, for people and without secrets.</summary>
    public override string ToString() => $"bucket {Bucket} at {Endpoint?.ToString() ?? $"Amazon S3 ({Region})"}";
}
