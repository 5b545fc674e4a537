using System;
using System.Collections.Generic;
using System.Globalization;

namespace BootDepot.Client;

/// <summary>An image to upload.</summary>
public sealed record BootResourceUpload
{
    /// <summary>Size of a chunk where none is said: 4 MiB, what every client and server has always used.</summary>
    public const int DefaultChunkSize = 4 * 1024 * 1024;

    /// <summary><c>os/release</c>, for example <c>custom/rocky9-gold</c>. A bare name needs <see cref="AllowBareName"/>.</summary>
    public required string Name { get; init; }

    /// <summary><c>arch/subarch</c>, for example <c>amd64/generic</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The file.</summary>
    public required UploadContent Content { get; init; }

    /// <summary>Title for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the file is; servers do not look.</summary>
    public BootResourceFileType FileType { get; init; } = BootResourceFileType.Tgz;

    /// <summary>For custom images, the release whose kernel is used to install it, for example <c>rhel/9</c>; null: the server's default.</summary>
    public string? BaseImage { get; init; }

    /// <summary>Keep the files of earlier versions; by default the server drops them.</summary>
    public bool KeepOld { get; init; }

    /// <summary>SHA-256 of the content in hexadecimal, if known: then it is not read to find out. Needs <see cref="Size"/> too.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Length of the content in bytes, if known.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes per request.</summary>
    public int ChunkSize { get; init; } = DefaultChunkSize;

    /// <summary>Allow a name without a slash; the server takes it for a custom image.</summary>
    public bool AllowBareName { get; init; }

    /// <summary>
    /// Look for an unfinished upload of the same name, architecture and content first and send only its rest. True by default.
    /// </summary>
    public bool Resume { get; init; } = true;

    /// <summary>Delete the new resource at the server when the upload is cancelled; by default it stays, to be resumed.</summary>
    public bool DeleteOnCancel { get; init; }

    /// <summary>Parameters that this library has no property for.</summary>
    public IReadOnlyCollection<MaasField> ExtraFields { get; init; } = [];

    internal void Validate()
    {
        if (!Name.Contains('/', StringComparison.Ordinal) && !AllowBareName)
            throw new ArgumentException($"The name must be os/release; '{Name}' has no slash (set AllowBareName to send it nevertheless).", nameof(Name));
        if (!Architecture.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"The architecture must be arch/subarch, as amd64/generic; '{Architecture}' has no slash.", nameof(Architecture));
        if (ChunkSize <= 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The chunk size must be greater than 0, not {ChunkSize}."), nameof(ChunkSize));
        if (Sha256 is not null && (Sha256.Length != 64 || !IsHex(Sha256)))
            throw new ArgumentException("A SHA-256 has 64 hexadecimal digits.", nameof(Sha256));
        if ((Sha256 is null) != (Size is null))
            throw new ArgumentException("SHA-256 and size are given together or not at all.", Sha256 is null ? nameof(Sha256) : nameof(Size));
        if (Sha256 is null && !Content.CanSeek)
            throw new ArgumentException("Content that cannot be read twice needs its SHA-256 and size beforehand.", nameof(Content));
    }

    internal List<MaasField> Fields(ContentDigest digest)
    {
        var fields = new List<MaasField>
        {
            MaasField.Text("name", Name),
            MaasField.Text("architecture", Architecture),
            MaasField.Text("title", Title),
            MaasField.Text("filetype", FileType.Name),
            MaasField.Text("size", digest.Size.ToString(CultureInfo.InvariantCulture)),
            MaasField.Text("sha256", digest.Sha256),
        };
        if (BaseImage is not null)
            fields.Add(MaasField.Text("base_image", BaseImage));
        if (KeepOld)
            fields.Add(MaasField.Text("keep_old", "true"));
        fields.AddRange(ExtraFields);
        return fields;
    }

    private static bool IsHex(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }
}

/// <summary>What names a content: its length and SHA-256.</summary>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record ContentDigest(string Sha256, long Size);

/// <summary>An upload that the server waits for.</summary>
/// <param name="ResourceId">The resource it belongs to.</param>
/// <param name="UploadUri">Where its bytes go, as the server said it.</param>
/// <param name="Digest">What it is to become.</param>
/// <param name="Offset">How many bytes the server has.</param>
public sealed record UnfinishedUpload(int ResourceId, string UploadUri, ContentDigest Digest, long Offset);

/// <summary>How to send content.</summary>
public sealed record UploadTransferOptions
{
    /// <summary>Bytes per request.</summary>
    public int ChunkSize { get; init; } = BootResourceUpload.DefaultChunkSize;
}

/// <summary>What an upload is doing.</summary>
public enum UploadPhase
{
    /// <summary>Reading the content to learn its SHA-256.</summary>
    Hashing,

    /// <summary>Sending.</summary>
    Uploading,

    /// <summary>All is sent; reading back what the server made of it.</summary>
    Verifying,

    /// <summary>The server has all of it.</summary>
    Completed,
}

/// <summary>How far an upload is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="BytesSent">Bytes the server has, or bytes read while hashing.</param>
/// <param name="TotalBytes">Bytes in all.</param>
/// <param name="BytesPerSecond">Mean speed of this phase; 0 when not known yet.</param>
public sealed record UploadProgress(UploadPhase Phase, long BytesSent, long TotalBytes, double BytesPerSecond)
{
    /// <summary>Part that is done, 0 to 1.</summary>
    public double Fraction => TotalBytes == 0 ? 1 : (double)BytesSent / TotalBytes;
}

/// <summary>An upload stopped. What the server has stays there: <see cref="BootResources.ResumeAsync"/> sends the rest.</summary>
public sealed class MaasUploadException : MaasException
{
    internal MaasUploadException(UnfinishedUpload upload, long offset, Exception cause)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"The upload to boot resource {upload.ResourceId} stopped at byte {offset} of {upload.Digest.Size}: {cause.Message}"), cause)
    {
        ResourceId = upload.ResourceId;
        UploadUri = upload.UploadUri;
        Offset = offset;
        TotalBytes = upload.Digest.Size;
    }

    /// <summary>The resource it belongs to.</summary>
    public int ResourceId { get; }

    /// <summary>Where its bytes go.</summary>
    public string UploadUri { get; }

    /// <summary>Bytes that arrived, as far as known.</summary>
    public long Offset { get; }

    /// <summary>Bytes in all.</summary>
    public long TotalBytes { get; }

    /// <summary>The server's refusal; null when the connection was at fault.</summary>
    public MaasApiException? Refusal => InnerException as MaasApiException;
}
