using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Blobs.Locks;

/// <summary>Locks by files of a folder: between the processes of one machine.</summary>
public sealed class FileLocks : IPartialLocks
{
    private readonly string _folder;

    /// <summary>Makes the folder when it is not there.</summary>
    public FileLocks(string folder) => _folder = Directory.CreateDirectory(folder).FullName;

    /// <inheritdoc />
    public bool IsShared => false;

    /// <inheritdoc />
    public Task<IAsyncDisposable?> TakeOrNullAsync(PartialName name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            // Not deleted afterwards: who waits with the old file open and who makes a new one would both have "the" lock.
            return Task.FromResult<IAsyncDisposable?>(
                new FileStream(Path.Combine(_folder, name + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return Task.FromResult<IAsyncDisposable?>(null);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => default;
}
