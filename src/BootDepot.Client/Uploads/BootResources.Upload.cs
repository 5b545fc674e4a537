using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

public sealed partial class BootResources
{
    /// <summary>
    /// Uploads an image: reads the content for its SHA-256 (unless given), tells the server, sends it in chunks and reads
    /// back the result. Content that the server has is not sent. Lost connections and refusals that pass are retried from
    /// the byte the server has.
    /// </summary>
    /// <param name="upload">What to upload.</param>
    /// <param name="progress">Told about every piece; called on the threads that send.</param>
    /// <param name="cancellationToken">Stops between and within chunks.</param>
    /// <exception cref="ArgumentException">Something in <paramref name="upload"/> cannot be; nothing was sent.</exception>
    /// <exception cref="MaasBadRequestException">The server refused a field.</exception>
    /// <exception cref="MaasUploadException">The upload stopped; <see cref="ResumeAsync"/> sends the rest.</exception>
    public async Task<BootResource> CreateAsync(
        BootResourceUpload upload, IProgress<UploadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        upload.Validate();
        var digest = upload.Sha256 is { } sha256
            ? new ContentDigest(sha256.ToLowerInvariant(), upload.Size!.Value)
            : await upload.Content.DigestAsync(progress, cancellationToken).ConfigureAwait(false);

        if (upload.Resume && !upload.KeepOld
            && await FindForAsync(upload, digest, cancellationToken).ConfigureAwait(false) is { } unfinished)
            return await SendContentAsync(unfinished, upload.Content, Options(upload), progress, cancellationToken).ConfigureAwait(false);

        var call = new MaasCall(HttpMethod.Post, "boot-resources/") { Fields = upload.Fields(digest) };
        var created = new BootResource(_connection,
            await _connection.ReadAsync(call, static d => d.BootResourceDocument, cancellationToken).ConfigureAwait(false));
        var (file, target) = TargetOf(created, digest);
        if (file.Complete)
        {
            progress?.Report(new UploadProgress(UploadPhase.Completed, digest.Size, digest.Size, 0));
            return created;
        }

        try
        {
            return await SendContentAsync(target!, upload.Content, Options(upload), progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (upload.DeleteOnCancel && cancellationToken.IsCancellationRequested)
        {
            await DeleteAsync(created.Id, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc cref="CreateAsync"/>
    public BootResource Create(
        BootResourceUpload upload, IProgress<UploadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => CreateAsync(upload, progress, cancellationToken));

    /// <summary>Sends the rest of an upload that stopped.</summary>
    /// <param name="resourceId">The resource: <see cref="MaasUploadException.ResourceId"/>.</param>
    /// <param name="content">The same content, readable again; it is hashed first to be sure.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="progress">Told about every piece.</param>
    /// <param name="cancellationToken">Stops between and within chunks.</param>
    /// <exception cref="MaasRemoteException">The resource does not wait for this content.</exception>
    /// <exception cref="MaasUploadException">The upload stopped again.</exception>
    public async Task<BootResource> ResumeAsync(
        int resourceId, UploadContent content, UploadTransferOptions? options = null, IProgress<UploadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var digest = await content.DigestAsync(progress, cancellationToken).ConfigureAwait(false);
        var resource = await GetAsync(resourceId, cancellationToken).ConfigureAwait(false);
        var (file, target) = TargetOf(resource, digest);
        if (file.Complete)
            return resource;
        var offset = await UploadTransfer.OffsetAsync(_connection, target!, cancellationToken).ConfigureAwait(false);
        return await SendContentAsync(target! with { Offset = offset }, content, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ResumeAsync"/>
    public BootResource Resume(
        int resourceId, UploadContent content, UploadTransferOptions? options = null, IProgress<UploadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Run(() => ResumeAsync(resourceId, content, options, progress, cancellationToken));

    /// <summary>Looks for an upload of that name, architecture and content that the server still waits for; null when there is none.</summary>
    public async Task<UnfinishedUpload?> FindUnfinishedAsync(
        string name, string architecture, ContentDigest digest, CancellationToken cancellationToken = default)
    {
        // MAAS before 3.8 stores custom/x as x.
        var stored = name.StartsWith("custom/", StringComparison.Ordinal) ? name["custom/".Length..] : name;
        foreach (var listed in await ListAsync(BootResourceType.Uploaded, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if ((listed.Name != name && listed.Name != stored) || listed.Architecture != architecture)
                continue;
            await listed.RefreshAsync(cancellationToken).ConfigureAwait(false);
            var file = listed.LatestSet?.Files.Values.FirstOrDefault(f =>
                f is { Complete: false, UploadUri: not null } && f.Size == digest.Size && f.Sha256 == digest.Sha256);
            if (file is null)
                continue;
            var found = new UnfinishedUpload(listed.Id, file.UploadUri!, digest, 0);
            return found with { Offset = await UploadTransfer.OffsetAsync(_connection, found, cancellationToken).ConfigureAwait(false) };
        }

        return null;
    }

    /// <inheritdoc cref="FindUnfinishedAsync"/>
    public UnfinishedUpload? FindUnfinished(
        string name, string architecture, ContentDigest digest, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => FindUnfinishedAsync(name, architecture, digest, cancellationToken));

    /// <summary>Sends content from <see cref="UnfinishedUpload.Offset"/> on, and reads back the resource.</summary>
    /// <exception cref="MaasUploadException">The upload stopped.</exception>
    public async Task<BootResource> SendContentAsync(
        UnfinishedUpload upload, UploadContent content, UploadTransferOptions? options = null, IProgress<UploadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        await new UploadTransfer(_connection, upload, progress)
            .SendAsync(content, (options ?? new UploadTransferOptions()).ChunkSize, cancellationToken).ConfigureAwait(false);
        progress?.Report(new UploadProgress(UploadPhase.Verifying, upload.Digest.Size, upload.Digest.Size, 0));
        var resource = await GetAsync(upload.ResourceId, cancellationToken).ConfigureAwait(false);
        progress?.Report(new UploadProgress(UploadPhase.Completed, upload.Digest.Size, upload.Digest.Size, 0));
        return resource;
    }

    /// <inheritdoc cref="SendContentAsync"/>
    public BootResource SendContent(
        UnfinishedUpload upload, UploadContent content, UploadTransferOptions? options = null, IProgress<UploadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Run(() => SendContentAsync(upload, content, options, progress, cancellationToken));

    private async Task<UnfinishedUpload?> FindForAsync(BootResourceUpload upload, ContentDigest digest, CancellationToken ct)
    {
        // Title and base image go with the first request: a resumed upload would not change them.
        var found = await FindUnfinishedAsync(upload.Name, upload.Architecture, digest, ct).ConfigureAwait(false);
        // Without a byte there is nothing to go on with: it may have been refused for what its first bytes are. One that has them all
        // may wait for wishes (force, convert) that it was begun without.
        if (found is null || found.Offset == 0 || (found.Offset == digest.Size && upload.ExtraFields.Count > 0))
            return null;
        var resource = await GetAsync(found.ResourceId, ct).ConfigureAwait(false);
        var type = resource.LatestSet?.Files.Values.FirstOrDefault(f => f.UploadUri == found.UploadUri)?.FileType;
        return resource.Title == upload.Title && (upload.BaseImage is null || upload.BaseImage == resource.BaseImage)
            && (type is null || type == upload.FileType.StoredName)
            ? found
            : null;
    }

    private static UploadTransferOptions Options(BootResourceUpload upload) => new() { ChunkSize = upload.ChunkSize };

    private static (BootResourceFile File, UnfinishedUpload? Target) TargetOf(BootResource resource, ContentDigest digest)
    {
        var file = (resource.Sets?.Values ?? []).OrderByDescending(s => s.Version, SetVersions.Comparer)
            .SelectMany(s => s.Files.Values)
            .FirstOrDefault(f => string.Equals(f.Sha256, digest.Sha256, StringComparison.OrdinalIgnoreCase) && (f.Complete || f.UploadUri is not null))
            ?? throw new MaasRemoteException($"Failed to identify the upload: {resource} does not wait for content of SHA-256 {digest.Sha256}.");
        return (file, file.Complete ? null : new UnfinishedUpload(resource.Id, file.UploadUri!, digest, file.BytesPresent));
    }
}
