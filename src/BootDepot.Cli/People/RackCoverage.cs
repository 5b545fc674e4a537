using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary>What each rack holds.</summary>
internal sealed record RackCoverage(IReadOnlyList<(Client.Rack Rack, RackImages Held)> Racks)
{
    public int Synced => Racks.Count(r => r.Held.Status == "synced");

    /// <summary>How many racks hold that image.</summary>
    public int Holding(string name, string arch) =>
        Racks.Count(r => r.Held.Images.Any(i => i.Name == name && i.Architecture == arch));

    public static async Task<RackCoverage> ReadAsync(MaasClient client, CancellationToken cancel)
    {
        var racks = new List<(Client.Rack, RackImages)>();
        foreach (var rack in await client.Racks.ListAsync(cancel))
            racks.Add((rack, await client.Racks.ListBootImagesAsync(rack.SystemId, cancel)));
        return new RackCoverage(racks);
    }
}
