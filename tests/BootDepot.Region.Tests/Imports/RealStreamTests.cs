using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using BootDepot.Catalog.Imports;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Tests.Imports;

/// <summary>
/// The four real documents (names, versions and counts of mid-2025), served with small bodies: sizes and hashes in a copy of
/// the documents are those of what the test server has.
/// </summary>
public sealed class RealStreamTests
{
    [Fact]
    public async Task The_real_documents_become_the_resources_sets_and_files_of_the_reference()
    {
        Assert.SkipUnless(FolderOrNull() is not null, "../shared/data/simplestreams is not there");
        await using var fixture = await ImportFixture.CreateAsync(withSource: false);
        foreach (var path in fixture.Mirror.Paths.ToList())
            fixture.Mirror.Remove(path);
        Serve(fixture);
        await fixture.AddSourceAsync(adjust: s => s.Selections.Clear());

        var progress = await fixture.ImportAsync();

        progress.State.ShouldBe(ImportState.Done, string.Join('\n', progress.Problems));
        progress.Problems.ShouldHaveSingleItem().Fault.Code.ShouldBe("bootloader-not-taken", "pxelinux for amd64 is for nobody");
        (await fixture.ServedAsync()).ShouldBe(
        [
            "centos/8 amd64/generic 20211104_01 [root-tgz,root-tgz.manifest]",
            "centos/centos70 amd64/generic 20240622_01 [root-tgz,root-tgz.manifest]",
            "grub-efi-signed/uefi amd64/generic 20231004.0 [grub2-signed.tar.xz,shim-signed.tar.xz]",
            "grub-efi/uefi arm64/generic 20231004.0 [grub2-signed.tar.xz,shim-signed.tar.xz]",
            "grub-ieee1275/open-firmware ppc64el/generic 20210509.0 [grub2.tar.xz]",
            "pxelinux/pxe i386/generic 20210203.0 [syslinux.tar.xz]",
            "ubuntu/jammy amd64/ga-22.04 20250718 [boot-initrd,boot-kernel,squashfs,squashfs.manifest]",
            "ubuntu/jammy arm64/ga-22.04 20250812 [boot-initrd,boot-kernel,squashfs,squashfs.manifest]",
            "ubuntu/noble amd64/ga-24.04 20250709 [boot-initrd,boot-kernel,squashfs,squashfs.manifest]",
            "ubuntu/noble arm64/ga-24.04 20250709 [boot-initrd,boot-kernel,squashfs,squashfs.manifest]",
        ]);
        await using var context = await fixture.Catalog.CreateDbContextAsync();
        var noble = await context.Resources.Include(r => r.Sets).SingleAsync(r => r.Name == "ubuntu/noble" && r.Architecture == "amd64/ga-24.04");
        noble.KernelFlavor.ShouldBe("generic");
        noble.Subarches!.ShouldStartWith("generic,hwe-p,");
        noble.Subarches.ShouldEndWith(",ga-24.04");
        noble.Title.ShouldBeNull("there is no os_title");
        noble.Sets.Single().Label.ShouldBe("stable");
        noble.Sets.Single().ProductTags.ShouldContain("\"release_codename\":\"Noble Numbat\"");
        var loader = await context.Resources.SingleAsync(r => r.Name == "grub-ieee1275/open-firmware");
        loader.BootloaderType.ShouldBe("open-firmware");
        loader.KernelFlavor.ShouldBeNull();
        var kernel = await context.Files.Include(f => f.Set).FirstAsync(f => f.Set!.ResourceId == noble.Id && f.Filename == "boot-kernel");
        kernel.ItemTags.ShouldContain("\"kpackage\":\"linux-generic\"");
        (await context.Offers.CountAsync(o => o.IsBootloader)).ShouldBe(4);
    }

    private static void Serve(ImportFixture fixture)
    {
        foreach (var name in new[] { "ubuntu", "centos", "bootloaders" })
        {
            var document = JsonNode.Parse(File.ReadAllText(Path.Combine(FolderOrNull()!, $"simplestreams_{name}.json")))!.AsObject();
            foreach (var item in Items(document))
            {
                var path = item["path"]!.GetValue<string>();
                var bytes = SignedTree.Bytes(path, (int)(item["size"]!.GetValue<long>() % 5000) + 1);
                fixture.Mirror.Put(path, bytes);
                item["size"] = bytes.Length;
                item["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
            }

            Sign(fixture, $"streams/v1/{document["content_id"]!.GetValue<string>()}.sjson", document);
        }

        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(FolderOrNull()!, "simplestreams_index.json")))!.AsObject();
        foreach (var entry in index["index"]!.AsObject())
            entry.Value!["path"] = entry.Value["path"]!.GetValue<string>().Replace(".json", ".sjson", StringComparison.Ordinal);
        Sign(fixture, SignedTree.IndexPath, index);
    }

    private static IEnumerable<JsonObject> Items(JsonObject document) =>
        from product in document["products"]!.AsObject()
        from version in product.Value!["versions"]!.AsObject()
        from item in version.Value!["items"]!.AsObject()
        select item.Value!.AsObject();

    private static void Sign(ImportFixture fixture, string path, JsonObject document) => fixture.Mirror.Put(
        path,
        fixture.Stream.Sign(Encoding.UTF8.GetBytes(document.ToJsonString(new() { WriteIndented = true, NewLine = "\n" }) + "\n")));

    private static string? FolderOrNull()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var data = Path.Combine(folder, "shared", "data", "simplestreams");
            if (Directory.Exists(data))
                return data;
        }

        return null;
    }
}
