using System;
using System.Buffers;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Cli.Streams.Building;

/// <summary>A folder that a stream is written into. Files appear under their final name whole, by a rename.</summary>
internal sealed class StreamFolder(string root)
{
    private const int BufferSize = 1024 * 1024;

    public string Root { get; } = root;

    public string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Takes content in under a path that depends on its digest; what is there already is not written again.</summary>
    /// <returns>Digest (hexadecimal) and size of the content.</returns>
    public async Task<(string Sha256, long Size)> TakeAsync(Stream content, Func<string, string> pathOf, CancellationToken cancel)
    {
        var temporary = PathOf($".incoming-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Root);
        try
        {
            var (sha256, size) = await CopyAsync(content, temporary, cancel);
            var target = PathOf(pathOf(sha256));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!File.Exists(target) || new FileInfo(target).Length != size)
                File.Move(temporary, target, overwrite: true);
            return (sha256, size);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a document; readers see the old one or the new one.</summary>
    public async Task WriteAsync(string relative, byte[] bytes, CancellationToken cancel)
    {
        var target = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Guid.NewGuid():N}";
        await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            await stream.WriteAsync(bytes, cancel);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
    }

    private static async Task<(string Sha256, long Size)> CopyAsync(Stream content, string file, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            long size = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancel)) > 0)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancel);
                size += read;
            }

            target.Flush(flushToDisk: true);
            return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
