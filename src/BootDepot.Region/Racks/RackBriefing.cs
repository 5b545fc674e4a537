using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Racks;
using BootDepot.Images.Racks;
using BootDepot.Region.Changes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>Tells a rack its configuration, at once or as soon as it is another one than the rack has.</summary>
internal sealed class RackBriefing(
    CatalogDatabase catalog, StreamMark stream, ChangeSignal images, RackSignal racks, RackPresence presence)
{
    /// <summary>The longest that a rack may wait for a change.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(25);

    /// <summary>The trace of the change that racks were told last; null when nobody traces.</summary>
    public string? Cause => images.Cause;

    /// <summary>
    /// The configuration, with its entity tag; null when it is still the one that the rack has after <paramref name="wait"/>.
    /// </summary>
    public async Task<(byte[] Body, string ETag)?> ReadOrNullAsync(RackController rack, string? known, TimeSpan wait, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(wait > LongestWait ? LongestWait : wait);
        presence.Waits(rack.Id, begins: true);
        try
        {
            while (true)
            {
                // Versions first: a change during the reading ends the wait at once.
                var (imagesSeen, racksSeen) = (images.Version, racks.Changes.Version);
                var body = await ComposeAsync(rack.Id, cancel);
                var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))}\"";
                if (etag != known)
                    return (body, etag);
                if (limit.IsCancellationRequested || !await ChangesAsync(imagesSeen, racksSeen, limit, cancel))
                    return null;
            }
        }
        finally
        {
            presence.Waits(rack.Id, begins: false);
        }
    }

    /// <summary>The configuration as it is sent.</summary>
    private async Task<byte[]> ComposeAsync(int rackId, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var rack = await db.Racks.AsNoTracking().SingleAsync(r => r.Id == rackId, cancel);
        var assignments = await db.MachineAssignments.AsNoTracking().OrderBy(a => a.Target).ToListAsync(cancel);
        var configuration = new RackConfiguration
        {
            SystemId = rack.SystemId,
            Name = rack.Name,
            Stream = await stream.ReadAsync(cancel),
            ImportRequests = rack.ImportRequests,
            Policy = RackFacts.PolicyOf(rack),
            Assignments = [.. assignments.Select(AssignmentRules.ToAssignment)],
        };
        return JsonSerializer.SerializeToUtf8Bytes(configuration, RackWire.Default.RackConfiguration);
    }

    /// <summary>True when something changed; false when the wait is over.</summary>
    private async Task<bool> ChangesAsync(long imagesSeen, long racksSeen, CancellationTokenSource limit, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var waits = new Task[] { images.WaitForChangeAsync(imagesSeen, either.Token), racks.Changes.WaitForChangeAsync(racksSeen, either.Token) };
        var first = await Task.WhenAny(waits);
        await either.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return first.IsCompletedSuccessfully;
    }
}
