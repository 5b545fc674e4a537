using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

public sealed partial class BootResources
{
    /// <summary>Starts an import; it goes on after this returns (<see cref="WaitForImportAsync"/>).</summary>
    public Task StartImportAsync(CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Post, "boot-resources/") { Operation = "import" }, cancellationToken);

    /// <inheritdoc cref="StartImportAsync"/>
    public void StartImport(CancellationToken cancellationToken = default) => Blocking.Run(() => StartImportAsync(cancellationToken));

    /// <summary>Asks a running import to stop. Without one nothing happens.</summary>
    public Task StopImportAsync(CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Post, "boot-resources/") { Operation = "stop_import" }, cancellationToken);

    /// <inheritdoc cref="StopImportAsync"/>
    public void StopImport(CancellationToken cancellationToken = default) => Blocking.Run(() => StopImportAsync(cancellationToken));

    /// <summary>Whether an import runs.</summary>
    public Task<bool> IsImportingAsync(CancellationToken cancellationToken = default) =>
        _connection.ReadAsync(
            new MaasCall(HttpMethod.Get, "boot-resources/") { Operation = "is_importing" }, static d => d.Boolean, cancellationToken);

    /// <inheritdoc cref="IsImportingAsync"/>
    public bool IsImporting(CancellationToken cancellationToken = default) => Blocking.Run(() => IsImportingAsync(cancellationToken));

    /// <summary>
    /// Waits until no import runs. The API tells neither an import's success nor its failure; look at the resources afterwards.
    /// </summary>
    /// <param name="interval">Time between two questions; null: 2 s.</param>
    /// <param name="timeout">Longest wait; null: none.</param>
    /// <param name="progress">Told the time waited so far, at each question.</param>
    /// <param name="cancellationToken">Stops the wait, not the import.</param>
    /// <exception cref="TimeoutException">The import still ran at the end of <paramref name="timeout"/>.</exception>
    public async Task WaitForImportAsync(
        TimeSpan? interval = null, TimeSpan? timeout = null, IProgress<TimeSpan>? progress = null, CancellationToken cancellationToken = default)
    {
        var time = _connection.Time;
        var started = time.GetTimestamp();
        var pause = interval ?? TimeSpan.FromSeconds(2);
        var idle = 0;
        while (true)
        {
            // Some servers say "no" for a moment after the start, while they fetch indexes: one "no" is not yet an end.
            idle = await IsImportingAsync(cancellationToken).ConfigureAwait(false) ? 0 : idle + 1;
            var waited = time.GetElapsedTime(started);
            progress?.Report(waited);
            if (idle == 2)
                return;
            if (waited >= timeout)
                throw new TimeoutException($"The import still runs after {waited.TotalSeconds:0} s.");
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="WaitForImportAsync"/>
    public void WaitForImport(
        TimeSpan? interval = null, TimeSpan? timeout = null, IProgress<TimeSpan>? progress = null, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => WaitForImportAsync(interval, timeout, progress, cancellationToken));
}
