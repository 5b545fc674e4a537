using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Cli.Output;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Region;
using BootDepot.Region.Publishing;
using BootDepot.Region.Racks;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Server;

/// <summary>
/// <c>bootdepot region --with-rack</c>: a rack in the process of its region. It enrols by itself, and serves the region's own
/// blobs, so that no byte is there twice.
/// </summary>
internal static class LocalRack
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<RackHost> StartAsync(string data, Uri region, string http, Uri? advertise, TimeProvider time, CancellationToken cancel)
    {
        var folder = new DataFolder(data);
        var rack = Path.Combine(data, "rack");
        var options = new RackOptions
        {
            DataDirectory = rack,
            Regions = [new Uri(region, "MAAS/")],
            Http = http,
            Advertise = advertise,
            SharedStore = folder.Blobs,
            Token = File.Exists(new RackFolder(rack).Identity) ? null : await TokenAsync(folder, time, cancel),
            Logging = ServerLog.Console,
            Time = time,
        };
        try
        {
            return await RackHost.StartAsync(options, cancel);
        }
        catch (RackException e)
        {
            throw new CommandFailure(e.Fault);
        }
    }

    private static async Task<string> TokenAsync(DataFolder folder, TimeProvider time, CancellationToken cancel)
    {
        using var catalog = new CatalogDatabase(CatalogOptions.Sqlite(folder.Catalog));
        using var key = StreamKeyFile.LoadOrCreate(folder.StreamKey, SigningKeyKind.Ed25519, time.GetUtcNow());
        var made = await new RackAdmission(catalog, time).CreateTokenAsync("", TimeSpan.FromMinutes(5), key, Actor.System, cancel);
        return made is Outcome<RackToken>.Done done ? done.Value.ToString() : throw new InvalidOperationException("A token without a name is never refused.");
    }
}
