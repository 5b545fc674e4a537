using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BootDepot.Client.Profiles;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>
/// The samples of docs/client-library.md: each is compiled and run here, and the page holds the same text. After a change
/// here run once with BOOTDEPOT_UPDATE_DOCS=1.
/// </summary>
public sealed partial class TutorialTests
{
    [Fact]
    public async Task Every_sample_runs()
    {
        await using var server = await FakeMaas.FakeMaas.StartAsync(MaasEra.BootDepot);
        var url = server.Url;
        var apiKey = FakeMaas.FakeMaas.Key;
        var folder = Directory.CreateTempSubdirectory("bootdepot-test-").FullName;
        var keyring = Path.Combine(folder, "my.gpg");
        var image = Path.Combine(folder, "rocky9.tar.gz");
        await File.WriteAllBytesAsync(keyring, [1, 2, 3], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(image, [4, 5, 6], TestContext.Current.CancellationToken);
        try
        {
            // sample: connect
            using var maas = await MaasClient.ConnectAsync(url, apiKey);
            var version = await maas.GetVersionAsync();
            Console.WriteLine($"{maas.Url} runs {version.Version}");
            // end

            await UseAsync(maas, keyring, image);
            await StoreAsync(folder, url, maas);
            await ForDesktopsAsync(maas);
            await LoginAsync(url);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_page_holds_the_samples_as_they_run()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "BootDepot.slnx")))
            root = Path.GetDirectoryName(root)!;
        var source = File.ReadAllText(Path.Combine(root, "tests", "BootDepot.Client.Tests", "TutorialTests.cs"));
        var page = Path.Combine(root, "docs", "client-library.md");
        var text = File.ReadAllText(page);
        var updated = text;
        foreach (Match sample in Samples().Matches(source))
        {
            var name = sample.Groups["name"].Value;
            var lines = sample.Groups["code"].Value.TrimEnd().Split('\n');
            var indent = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
            var code = string.Join('\n', lines.Select(l => l.Length >= indent ? l[indent..] : ""));
            updated = Regex.Replace(updated, $"<!-- {name} -->\n```csharp\n.*?```\n", _ => $"<!-- {name} -->\n```csharp\n{code}\n```\n",
                RegexOptions.Singleline, TimeSpan.FromSeconds(5));
            updated.ShouldContain($"<!-- {name} -->", Case.Sensitive);
        }

        if (Environment.GetEnvironmentVariable("BOOTDEPOT_UPDATE_DOCS") == "1")
            File.WriteAllText(page, updated);
        File.ReadAllText(page).ShouldBe(updated);
    }

    private static async Task UseAsync(MaasClient maas, string keyring, string image)
    {
        // sample: sources
        await using var file = File.OpenRead(keyring);
        var source = await maas.BootSources.CreateAsync(new BootSourceSpec
        {
            Url = "http://images.example.com/stream/",
            KeyringStream = file,
        });
        source.Url = "https://images.example.com/stream/";
        await source.SaveAsync(); // sends the address only
        // end

        // sample: selections
        // Everything of a release; several architectures; one kernel line.
        await maas.BootSourceSelections.CreateAsync(source, "ubuntu", "noble");
        await maas.BootSourceSelections.CreateAsync(source, "ubuntu", "jammy", arches: ["amd64", "arm64"]);
        var narrow = await maas.BootSourceSelections.CreateAsync(source, "ubuntu", "focal", ["amd64"], subarches: ["ga-20.04"]);

        // Other architectures for one that exists.
        narrow.Arches = ["amd64", "arm64"];
        await narrow.SaveAsync();

        // None any more.
        foreach (var selection in await maas.BootSourceSelections.ListAsync(source))
            await selection.DeleteAsync();
        // end

        // sample: import
        await maas.BootResources.StartImportAsync();
        await maas.BootResources.WaitForImportAsync(timeout: TimeSpan.FromHours(2));
        // end

        // sample: list
        foreach (var resource in await maas.BootResources.ListAsync(BootResourceType.Synced, includeSets: true))
        {
            Console.WriteLine($"{resource.Name} {resource.Architecture}");
            foreach (var part in resource.LatestSet?.Files.Values ?? [])
                Console.WriteLine($"  {part.Filename} {part.Size} {(part.Complete ? "complete" : $"{part.Progress:0} %")}");
        }

        // end

        // sample: upload
        var uploaded = await maas.BootResources.CreateAsync(
            new BootResourceUpload
            {
                Name = "custom/rocky9-gold",
                Architecture = "amd64/generic",
                Title = "Rocky 9 gold",
                FileType = BootResourceFileType.Tgz,
                BaseImage = "rhel/9",
                Content = UploadContent.FromFile(image),
            },
            new Progress<UploadProgress>(p => Console.WriteLine($"{p.Phase} {p.Fraction:P0}")));
        // end

        // sample: errors
        try
        {
            await maas.BootSourceSelections.CreateAsync(source, "ubuntu", "foo");
        }
        catch (MaasBadRequestException refused)
        {
            foreach (var (field, messages) in refused.FieldErrors)
                Console.WriteLine($"{field}: {string.Join(" ", messages)}");
        }

        // end

        // sample: resume
        try
        {
            await maas.BootResources.ResumeAsync(uploaded.Id, UploadContent.FromFile(image));
        }
        catch (MaasUploadException stopped)
        {
            Console.WriteLine($"{stopped.Offset} of {stopped.TotalBytes} bytes are there: {stopped.Message}");
        }

        // end
    }

    private static async Task LoginAsync(string url)
    {
        // sample: login
        using var maas = await MaasClient.LoginAsync(url, "admin", "s3cret");
        Console.WriteLine((await maas.Users.WhoAmIAsync()).Username);
        await maas.LogoutAsync(); // deletes the key that the log-in made
        // end
    }

    private static async Task StoreAsync(string folder, string url, MaasClient connected)
    {
        var path = Path.Combine(folder, "profiles.db");
        // sample: profiles
        using (var store = ProfileStore.Open(path))
        {
            var description = await connected.GetDescriptionAsync();
            store.Save(new MaasProfile("lab", url, connected.ApiKey, description.GetRawText()));
            store.Default = "lab";
        }

        using var maas = MaasClient.FromProfile(storePath: path);
        // end
        maas.Url.ShouldBe(connected.Url);
    }

    private static async Task ForDesktopsAsync(MaasClient maas) => await SingleThread.RunAsync(() =>
    {
        // sample: blocking
        var names = maas.BootResources.List().Select(r => r.Name).ToList();
        // end
        return names.Count;
    });

    [GeneratedRegex(@"// sample: (?<name>\w+)\n(?<code>.*?)\n *// end", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Samples();
}
