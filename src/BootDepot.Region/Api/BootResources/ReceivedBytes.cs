using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Api.BootResources;

/// <summary>How much there is of files that are not complete. What is on disk counts, whoever brings it: this region, another one, or a run that was cut off.</summary>
internal sealed class ReceivedBytes(IBlobStore blobs, UploadSessions sessions)
{
    /// <summary>Bytes of each incomplete file of those resources, by file id.</summary>
    public async Task<Dictionary<int, long>> OfAsync(IEnumerable<BootResource> resources, CancellationToken cancel)
    {
        var received = new Dictionary<int, long>();
        var incomplete = resources
            .SelectMany(r => r.Sets.SelectMany(s => s.Files).Where(f => f.StoredAt is null).Select(f => (r.Kind, File: f))).ToList();
        if (incomplete.Count == 0)
            return received;
        var partials = new Dictionary<PartialName, long>();
        await foreach (var partial in blobs.ListPartialsAsync(cancel))
            partials[partial.Name] = partial.Received;
        foreach (var (kind, file) in incomplete)
        {
            var digest = Digest.Parse(file.Sha256);
            var name = kind == ResourceKind.Uploaded ? UploadSessions.PartialOf(file.Id) : PartialName.Of(digest);
            var held = sessions.ReceivedOrNull(name) ?? partials.GetValueOrDefault(name);
            received[file.Id] = held == 0 ? await blobs.SizeOrNullAsync(digest, cancel) ?? 0 : held;
        }

        return received;
    }
}
