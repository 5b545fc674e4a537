using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Table C1 typed literally, under the name <c>maas</c>.</summary>
public sealed class PackerTests
{
    [Theory]
    [MemberData(nameof(PackerMatrix.Commands), MemberType = typeof(PackerMatrix))]
    public async Task Each_command_of_the_templates_succeeds_in_silence(
        string file, string name, string title, string filetype, string baseImage, string architecture)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.V38);
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile(file, Templates.Content(filetype));
        (await cli.RunAsync(Templates.Command("admin", file, name, title, filetype, baseImage, architecture))).ShouldBe(new CliResult(0, "", ""));
        var made = maas.Resources.Last();
        (made.Name, made.Title, made.Architecture, made.Sets.Last().Files.Single().Complete).ShouldBe((name, title, architecture, true));
    }
}

/// <summary>Files in the form of each type, and the words of the commands.</summary>
internal static class Templates
{
    public static string[] Command(string profile, string file, string name, string title, string filetype, string baseImage, string architecture)
    {
        var words = new List<string>
        {
            profile, "boot-resources", "create", $"name={name}", $"title={title}", $"architecture={architecture}", $"filetype={filetype}",
        };
        if (baseImage.Length > 0)
            words.Add($"base_image={baseImage}");
        words.Add($"content@={file}");
        return [.. words];
    }

    public static byte[] Content(string filetype) => filetype switch
    {
        "tgz" => Gzip(Tar("etc/os-release", "ID=test\n"u8.ToArray())),
        "ddgz" => Gzip(Disk()),
        _ => Gzip(Tar("disk.img", Disk())),
    };

    private static byte[] Disk()
    {
        var disk = new byte[1024 * 1024];
        (disk[446], disk[450], disk[454], disk[459]) = (0x80, 0x83, 1, 0x07);
        (disk[510], disk[511]) = (0x55, 0xaa);
        return disk;
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, leaveOpen: true))
        {
            if (name.Contains('/'))
            {
                foreach (var folder in new[] { "bin/", "etc/", "usr/", "var/" })
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder));
            }

            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return buffer.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return buffer.ToArray();
    }
}
