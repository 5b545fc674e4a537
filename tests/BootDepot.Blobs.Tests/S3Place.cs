using System;
using System.Text.Json;
using BootDepot.Blobs.Locks;
using BootDepot.Blobs.S3;

namespace BootDepot.Blobs.Tests;

/// <summary>A store in S3 as another process can be told it.</summary>
internal sealed record S3Place(Uri Endpoint, string AccessKey, string SecretKey, string Bucket, string Prefix, string LockFolder, int PartSize)
{
    public static S3Place Parse(string text) => JsonSerializer.Deserialize<S3Place>(text)!;

    public S3BlobStore Open() => new(
        new S3Options { Endpoint = Endpoint, Bucket = Bucket, Prefix = Prefix, AccessKey = AccessKey, SecretKey = SecretKey, PartSize = PartSize },
        new FileLocks(LockFolder));

    public override string ToString() => JsonSerializer.Serialize(this);
}
