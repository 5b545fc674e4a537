using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;

namespace BootDepot.Rack.Replication;

/// <summary>Deletes files that nothing wants any more, some time after that was first seen: machines may have begun with them.</summary>
internal sealed class Retirement(IBlobStore store, HeldFiles held, TimeSpan grace, TimeProvider time)
{
    private readonly Dictionary<Digest, DateTimeOffset> _unwanted = [];

    /// <summary>Looks once. True when something was deleted.</summary>
    public async Task<bool> LookAsync(IReadOnlySet<Digest> wanted, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var deleted = false;
        foreach (var digest in held.All)
        {
            if (wanted.Contains(digest))
            {
                _unwanted.Remove(digest);
                continue;
            }

            if (!_unwanted.TryGetValue(digest, out var since))
                _unwanted[digest] = since = now;
            if (now - since < grace)
                continue;
            await held.DeleteAsync(digest, cancel);
            _unwanted.Remove(digest);
            deleted = true;
        }

        await DropPartialsAsync(wanted, now, cancel);
        return deleted;
    }

    private async Task DropPartialsAsync(IReadOnlySet<Digest> wanted, DateTimeOffset now, CancellationToken cancel)
    {
        var partials = new List<PartialInfo>();
        await foreach (var partial in store.ListPartialsAsync(cancel))
            partials.Add(partial);
        foreach (var partial in partials.Where(p => now - p.WrittenAt >= grace))
        {
            if (!Digest.TryParse(partial.Name.ToString(), out var digest) || wanted.Contains(digest))
                continue;
            try
            {
                await store.DiscardPartialAsync(partial.Name, cancel);
            }
            catch (PartialBusyException)
            {
                // Somebody still writes it; the next look finds it finished or abandoned.
            }
        }
    }
}
