using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Region.Changes;

namespace BootDepot.Region.Tests.Publishing;

/// <summary>Puts images into a region as an import or an upload would leave them.</summary>
internal static class Stock
{
    /// <summary>Stores bytes as a blob.</summary>
    public static async Task<(string Sha256, long Size)> StoreAsync(IBlobStore blobs, byte[] bytes)
    {
        await using var writer = await blobs.WriteAsync(PartialName.OfUpload(Guid.NewGuid().ToString("N")), bytes.Length, CancellationToken.None);
        await writer.AppendAsync(bytes, CancellationToken.None);
        var stored = (BlobCommit.Stored)await writer.CommitAsync(null, CancellationToken.None);
        return (stored.Blob.Digest.Hex, stored.Blob.Size);
    }

    /// <summary>Adds a version of an image; its files are (type, content).</summary>
    public static async Task<ResourceSet> AddAsync(
        RegionFixture region,
        string name,
        string architecture,
        string version,
        IEnumerable<(string Type, string Content)> files,
        Action<BootResource>? resource = null,
        Action<ResourceSet>? adjust = null,
        bool complete = true)
    {
        var now = DateTimeOffset.UtcNow;
        var set = new ResourceSet { Version = version, Label = "stable", Created = now, CompletedAt = complete ? now : null };
        foreach (var (type, content) in files)
        {
            var (sha256, size) = await StoreAsync(region.Get<IBlobStore>(), Encoding.UTF8.GetBytes(content));
            set.Files.Add(new ResourceFile { Filename = type, FileType = type, Sha256 = sha256, Size = size, StoredAt = now, ItemName = type });
        }

        adjust?.Invoke(set);
        await region.Get<CatalogDatabase>().ChangeAsync(
            (db, _) =>
            {
                var existing = db.Resources.SingleOrDefault(r => r.Name == name && r.Architecture == architecture);
                if (existing is null)
                {
                    existing = new BootResource { Name = name, Architecture = architecture, Created = now, Updated = now };
                    resource?.Invoke(existing);
                    db.Resources.Add(existing);
                }

                existing.Sets.Add(set);
                return Task.CompletedTask;
            },
            CancellationToken.None);
        region.Get<ChangeSignal>().Raise();
        return set;
    }

    /// <summary>Adds Ubuntu noble with kernel, initrd and squashfs.</summary>
    public static Task<ResourceSet> AddNobleAsync(RegionFixture region, string version = "20260309", bool complete = true) => AddAsync(
        region,
        "ubuntu/noble",
        "amd64/ga-24.04",
        version,
        [("boot-kernel", "kernel " + version), ("boot-initrd", "initrd " + version), ("squashfs", new string('s', 100_000) + version)],
        r => (r.KernelFlavor, r.Subarches) = ("generic", "generic,ga-24.04"),
        s =>
        {
            s.ProductName = "com.ubuntu.maas.stable:v3:boot:24.04:amd64:ga-24.04";
            s.ProductTags = """{"subarch":"ga-24.04","version":"24.04","release_title":"24.04 LTS","krel":"noble","x-unknown":{"kept":[1,2]}}""";
            s.Files[0].ItemTags = """{"kpackage":"linux-generic","x-item":1.50}""";
        },
        complete);
}
