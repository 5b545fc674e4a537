using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Conversions;

namespace BootDepot.Region.Uploads.Conversions;

/// <summary>What the worker and those who wait for it share: that there is work, and how far the present work is.</summary>
internal sealed class ConversionQueue : IDisposable
{
    private readonly SemaphoreSlim _work = new(0);
    private readonly ConcurrentDictionary<int, ConversionProgress> _progress = [];

    /// <summary>Says that the list of conversions has changed.</summary>
    public void Wake() => _work.Release();

    /// <summary>Waits until it has.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        await _work.WaitAsync(cancel);
        // Several signals are one.
        while (await _work.WaitAsync(0, cancel))
        {
        }
    }

    /// <summary>How far a conversion is; null when it is not at work in this process.</summary>
    public ConversionProgress? ProgressOrNull(int id) => _progress.TryGetValue(id, out var progress) ? progress : null;

    /// <summary>Writes down how far it is.</summary>
    public void Report(int id, ConversionProgress progress) => _progress[id] = progress;

    /// <summary>It is not at work any more.</summary>
    public void Forget(int id) => _progress.TryRemove(id, out _);

    /// <inheritdoc />
    public void Dispose() => _work.Dispose();
}
