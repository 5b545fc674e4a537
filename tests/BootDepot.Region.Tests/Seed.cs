using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Sources;

namespace BootDepot.Region.Tests;

/// <summary>Puts things into a region's catalogue that would come from an import.</summary>
internal static class Seed
{
    /// <summary>A url-encoded body.</summary>
    public static FormUrlEncodedContent Form(params (string Key, string Value)[] fields) =>
        new(fields.Select(f => new KeyValuePair<string, string>(f.Key, f.Value)));

    /// <summary>Lower-case hexadecimal SHA-256.</summary>
    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Bytes that look random and are always the same.</summary>
    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Adds a source with that id that offers ubuntu/noble, ubuntu/jammy and grub.</summary>
    public static Task SourceAsync(RegionFixture region, int id = 1) => region.Get<CatalogDatabase>().ChangeAsync(
        (db, _) =>
        {
            var now = DateTimeOffset.UtcNow;
            db.BootSources.Add(new BootSource { Id = id, Url = $"http://images.example.com/{id}/", Name = $"Source {id}", Priority = id, KeyringFilename = "/k.gpg", Created = now, Updated = now });
            foreach (var release in new[] { "noble", "jammy" })
            {
                foreach (var arch in new[] { "amd64", "arm64" })
                {
                    foreach (var subarch in new[] { "generic", "ga-24.04" })
                        db.Offers.Add(new Offer { BootSourceId = id, Os = "ubuntu", Release = release, Arch = arch, Subarch = subarch, Label = "stable", Version = "20260101" });
                }
            }

            return Task.CompletedTask;
        },
        default);

    /// <summary>Adds a synced resource with one complete set.</summary>
    public static Task<int> SyncedAsync(RegionFixture region, string name = "ubuntu/noble", string architecture = "amd64/ga-24.04", string? subarches = "generic,hwe-p,hwe-q,ga-22.04,hwe-22.04,ga-24.04") =>
        region.Get<CatalogDatabase>().ChangeAsync(
            async (db, cancel) =>
            {
                var now = DateTimeOffset.UtcNow;
                var resource = new BootResource { Kind = ResourceKind.Synced, Name = name, Architecture = architecture, Subarches = subarches, Created = now, Updated = now };
                var set = new ResourceSet { Version = "20260115", Label = "stable", Created = now, CompletedAt = now };
                set.Files.Add(File("boot-kernel", "02e95dbd8dbb48b53d0d4f31856349870cf5437909ea1ed094b097e3d2e40b64", 14952832, now));
                set.Files.Add(File("boot-initrd", "da042bce6ab874961182ea0aa4c5e8ab02661bedf923e566725958d066225ad2", 74645504, now));
                set.Files.Add(File("squashfs", "400d8153884ac74d83ce76eb7e60e3816a88243fa40995450d39a704126cd31c", 271111808, now));
                set.Files.Add(File("manifest", "500d8153884ac74d83ce76eb7e60e3816a88243fa40995450d39a704126cd31c", 17, now));
                resource.Sets.Add(set);
                db.Resources.Add(resource);
                await db.SaveChangesAsync(cancel);
                return resource.Id;
            },
            default);

    private static ResourceFile File(string type, string sha256, long size, DateTimeOffset now) =>
        new() { Filename = type, FileType = type, Sha256 = sha256, Size = size, StoredAt = now };
}
