using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Region.Sources;

/// <summary>
/// Tells whoever refreshes what sources offer that a source or selection was changed. Several changes before anyone looks
/// are one signal.
/// </summary>
internal sealed class SourceWatch : System.IDisposable
{
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _lock = new();

    /// <summary>Something changed.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            if (_changed.CurrentCount == 0)
                _changed.Release();
        }
    }

    /// <summary>Returns after the next change, at once when one came since the last wait.</summary>
    public Task WaitAsync(CancellationToken cancel) => _changed.WaitAsync(cancel);

    /// <inheritdoc />
    public void Dispose() => _changed.Dispose();
}
