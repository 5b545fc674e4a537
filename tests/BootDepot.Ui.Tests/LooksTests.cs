using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Streams;
using BootDepot.Images;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

/// <summary>
/// Every screen in both themes and at 390 px: nothing that axe calls serious, nothing wider than the window. With
/// <c>BOOTDEPOT_SCREENSHOTS=FOLDER</c> each is kept as a picture (<c>eng/screenshots</c>).
/// </summary>
public sealed class LooksTests : IAsyncLifetime
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("BOOTDEPOT_SCREENSHOTS");

    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
        await _ui.AddSourceAsync("MAAS Stable", "*", ["*"]);
        _ui.Mirror.Break(_ui.Mirror.Paths.First(p => p.Contains("arm64", StringComparison.Ordinal) && p.EndsWith("squashfs", StringComparison.Ordinal)), 404);
        await _ui.ImportAsync();
        await _ui.AddSourceAsync("Mirror in Turin", "noble", url: _ui.Mirror.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await _ui.ImportAsync();
        await AddUploadsAsync();
        await _ui.AddRackAsync("north", isConnected: true, UiFixture.Noble("synced"));
        await _ui.AddRackAsync("south", isConnected: false, UiFixture.Noble("syncing", 250_000));
        await _ui.AddRackAsync("west", isConnected: true, UiFixture.Noble("failed", 0, new Fault("store-full", "The disk of the rack is full.")));
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("narrow")]
    public async Task Every_screen_is_accessible_and_fits(string look)
    {
        var narrow = look == "narrow";
        await using var browser = await _ui.OpenAsync(narrow ? 390 : 1400, narrow ? 844 : 900, look == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        var page = browser.Page;
        await page.GotoAsync(_ui.Url);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await CheckAsync(page, look, "sign-in");
        await browser.SignInAsync("admin");
        foreach (var (name, address, ready) in new[]
        {
            ("images", "images", "24.04 LTS"), ("image", "images/synced%3Aubuntu%2Fnoble%3Aamd64", "squashfs"), ("uploads", "uploads", "custom/alma-9"),
            ("sources", "sources", "Verified"), ("racks", "racks", "offline"), ("rack", "racks/rack-west", "store-full"), ("boot-log", "racks?tab=boots", "No machine booted yet"),
            ("activity", "activity", "#1"), ("import", "activity/imports/1", "transfer-not-found"), ("changes", "activity?tab=events", "user.create"),
            ("views", "views", "exclusive"),
            ("storage", "storage", "Would be freed by itself"), ("settings", "settings", "Sync interval"), ("network", "settings?tab=network", "Proxy URL"), ("defaults", "settings?tab=defaults", "Least kernel"),
            ("retention", "settings?tab=retention", "Single selections"), ("stream-keys", "settings?tab=stream-keys", "signs the stream"), ("welcome", "welcome", "Continue"),
            ("users", "settings?tab=users", "joe@example.com"), ("keys", "settings?tab=keys", "Make a key"),
        })
        {
            await browser.GoAsync(address);
            await Expect(page.GetByText(ready).First).ToBeVisibleAsync();
            await CheckAsync(page, look, name);
        }

        foreach (var (name, address, button, ready) in new[]
        {
            ("delete", "images", "Delete 24.04 LTS amd64", "24.04 LTS"), ("delete-uploaded", "images", "Delete AlmaLinux 9 amd64", "This frees 1.2 GB"),
            ("change-source", "images/synced%3Aubuntu%2Fnoble%3Aamd64", "Change source", "it comes from there now"),
            ("view", "views", "Change tenant", "Shows 1 image"), ("view-use", "views", "Use tenant", "As a bundle"),
            ("rack-settings", "racks/rack-north", "Settings", "Rate limit"), ("assignment", "racks?tab=assignments", "Assign", "Kernel parameters"), ("source-network", "sources", "Network of MAAS Stable", "Client certificate file"), ("stream-key", "settings?tab=stream-keys", "Announce a key", "A new key is made"),
            ("source-edit", "sources", "Edit MAAS Stable", "A public key: base64"), ("source-delete", "sources", "Delete MAAS Stable", "come only from it"),
            ("select", "images", "Select upstream images", "Ubuntu"), ("upload", "uploads", "Upload custom image", "Drag and drop"),
            ("add-source", "sources", "Add custom source", "Keyring"),
        })
        {
            await browser.GoAsync(address);
            await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Dialog).GetByText(ready).First).ToBeVisibleAsync();
            // What a panel works out has come: nothing in it still turns.
            await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Progressbar)).ToHaveCountAsync(0);
            await CheckAsync(page, look, "panel-" + name);
        }
    }

    private static async Task CheckAsync(IPage page, string look, string name)
    {
        if (Pictures is not null)
        {
            Directory.CreateDirectory(Pictures);
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-{look}.png") });
        }

        (await Axe.SeriousAsync(page)).ShouldBeEmpty($"{name} ({look})");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, $"{name} ({look}) is wider than the window");
    }

    private Task AddUploadsAsync() => _ui.Get<CatalogDatabase>().ChangeAsync(
        (db, _) =>
        {
            var now = DateTimeOffset.UtcNow;
            foreach (var (name, title, arch, size, stored) in new[]
            {
                ("custom/alma-9", "AlmaLinux 9", "amd64", 1_234_567_890L, true), ("windows/win2022", "Windows Server 2022", "amd64", 5_900_000_000L, true),
                ("custom/debian-12", "Debian 12", "arm64", 812_000_000L, false),
            })
            {
                var resource = new BootResource { Kind = ResourceKind.Uploaded, Name = name, Title = title, Architecture = arch + "/generic", Subarches = "generic", Created = now, Updated = now };
                var set = new ResourceSet { Version = "20261120", Label = "uploaded", Created = now, CompletedAt = stored ? now : null };
                set.Files.Add(new ResourceFile { Filename = "root-dd.gz", FileType = "root-dd.gz", Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))), Size = size, StoredAt = stored ? now : null });
                resource.Sets.Add(set);
                db.Resources.Add(resource);
            }

            var view = new StreamView { Name = "tenant", Images = ["uploaded:custom/alma-9"], IsPrivate = true, IsExclusive = true, Created = now, Updated = now };
            view.Tokens.Add(new StreamViewToken { Name = "site-4", SecretHash = [1], Created = now });
            db.StreamViews.Add(view);
            db.StreamViews.Add(new StreamView { Name = "edge", Images = ["ubuntu/noble/amd64", "ubuntu/jammy"], Created = now, Updated = now });
            return Task.CompletedTask;
        },
        CancellationToken.None);
}
