using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Netboot.Routing;

namespace BootDepot.Rack.Netboot.Images;

/// <summary>A file in a folder of this machine: a boot loader or the installer.</summary>
internal sealed record LocalFile(string Path, Digest Digest, long Size) : NetbootFile(Digest, Size)
{
    /// <summary>Looks at a file, and hashes it.</summary>
    public static async Task<LocalFile> ReadAsync(string path, CancellationToken cancel)
    {
        await using var bytes = File.OpenRead(path);
        return new LocalFile(path, Digest.FromHash(await SHA256.HashDataAsync(bytes, cancel)), bytes.Length);
    }

    /// <inheritdoc />
    public override Task<Stream?> OpenOrNullAsync(long offset, CancellationToken cancel)
    {
        try
        {
            var stream = new FileStream(Path, new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
            stream.Position = offset;
            return Task.FromResult<Stream?>(stream);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }
}
