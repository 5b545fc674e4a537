using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Region;
using BootDepot.Region.Hosting;
using BootDepot.Region.Publishing;
using BootDepot.Region.Racks;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Server;

/// <summary>
/// <c>bootdepot region --with-rack</c>: a rack in the process of its region. It enrols by itself. Where the region's blobs are files, it
/// serves those, so that no byte is there twice; from another store it copies as any rack does.
/// </summary>
internal static class LocalRack
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<RackHost> StartAsync(
        RegionConfiguration configuration, Uri region, Func<RackOptions, RackOptions> flags, TimeProvider time, CancellationToken cancel)
    {
        var folder = new DataFolder(configuration.Data);
        var rack = Path.Combine(folder.Root, "rack");
        var options = flags(new RackOptions
        {
            DataDirectory = rack,
            Regions = [new Uri(region, "MAAS/")],
            SharedStore = configuration.Blobs is BlobStorage.InFiles ? folder.Blobs : null,
            Token = File.Exists(new RackFolder(rack).Identity) ? null : await TokenAsync(configuration.Catalog, folder, time, cancel),
            Logging = ServerLog.Console,
            Time = time,
        });
        try
        {
            return await RackHost.StartAsync(options, cancel);
        }
        catch (RackException e)
        {
            throw new CommandFailure(e.Fault);
        }
    }

    private static async Task<string> TokenAsync(CatalogOptions options, DataFolder folder, TimeProvider time, CancellationToken cancel)
    {
        using var catalog = new CatalogDatabase(options);
        using var key = StreamKeyFile.LoadOrCreate(folder.StreamKey, SigningKeyKind.Ed25519, time.GetUtcNow());
        var made = await new RackAdmission(catalog, time).CreateTokenAsync("", TimeSpan.FromMinutes(5), key, Actor.System, cancel);
        return made is Outcome<RackToken>.Done done ? done.Value.ToString() : throw new InvalidOperationException("A token without a name is never refused.");
    }
}
