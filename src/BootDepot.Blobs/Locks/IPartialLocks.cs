using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Blobs.Locks;

/// <summary>
/// Rights to write a partial, for stores that cannot lock by themselves. A right ends with its holder's process, at once and whatever
/// the way.
/// </summary>
public interface IPartialLocks : IAsyncDisposable
{
    /// <summary>Whether processes on other machines are kept out too.</summary>
    bool IsShared { get; }

    /// <summary>Takes the right, to be disposed at the end; null when someone has it, in this process or another.</summary>
    Task<IAsyncDisposable?> TakeOrNullAsync(PartialName name, CancellationToken cancel);
}
