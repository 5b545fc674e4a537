using System;
using System.Globalization;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Racks;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Region.Imports;
using BootDepot.Region.Ui;
using BootDepot.Testing;
using BootDepot.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(SecretsAtTheEnd))]

namespace BootDepot.Ui.Tests;

/// <summary>A real region, a mirror with a signed stream, and a real browser. One for the tests of a class.</summary>
public sealed class UiFixture : IAsyncLifetime
{
    /// <summary>Password of everyone here.</summary>
    public const string Password = "correct horse";

    private readonly TempFolder _folder = new();
    private IPlaywright _playwright = null!;
    private readonly string _address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Find()}");

    /// <summary>The region.</summary>
    public RegionHost Region { get; private set; } = null!;

    /// <summary>Where its stream comes from.</summary>
    public FakeMirror Mirror { get; private set; } = null!;

    /// <summary>The stream on the mirror.</summary>
    public SignedTree Tree { get; } = new();

    /// <summary>Chromium.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <summary>The page.</summary>
    public string Url => Region.Url + "MAAS/";

    /// <summary>The link of the first sign-in.</summary>
    public string FirstUrl { get; private set; } = "";

    /// <summary>How long an import waits before it tries a file again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes that imports leave free.</summary>
    public long SpaceReserve { get; init; }

    /// <summary>A folder for files of tests.</summary>
    public string Folder => _folder.Path;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        // Long enough for two busy cores; what is there at once does not wait.
        Microsoft.Playwright.Assertions.SetDefaultExpectTimeout(15_000);
        UiAssets.Exist.ShouldBeTrue("The web UI is not in this build: run eng/ui, then build again.");
        Mirror = await FakeMirror.StartAsync();
        Tree.AddUbuntu(Mirror, size: 200_000);
        Tree.AddUbuntu(Mirror, arch: "arm64", size: 200_000);
        Tree.AddUbuntu(Mirror, "jammy", "22.04", "20260301", size: 150_000);
        Tree.AddLoader(Mirror);
        Tree.Publish(Mirror);
        await StartRegionAsync();
        FirstUrl = Region.FirstSignInUrl!.ToString();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium(), Args = ["--no-sandbox"] });
    }

    /// <summary>Starts the region, again after <see cref="StopRegionAsync"/>: on the same port with the same data.</summary>
    public async Task StartRegionAsync()
    {
        Region = await RegionHost.StartAsync(
            new RegionOptions
            {
                DataDirectory = _folder["data"],
                Url = _address,
                DefaultSource = null,
                AutoImport = false,
                Logging = logging => logging.AddProvider(new SecretWatch()),
                Imports = new ImportOptions
                {
                    SpaceReserve = SpaceReserve,
                    ReadDelay = TimeSpan.FromMilliseconds(20),
                    Transfers = new TransferSettings
                    {
                        Attempts = 3, DocumentAttempts = 2, FirstDelay = RetryDelay, LongestDelay = RetryDelay * 3,
                    },
                },
            },
            CancellationToken.None);
        SecretWatch.Know("password", Password);
        SecretWatch.Know("key of admin", Region.FirstKey?.Secret);
        SecretWatch.Know("first sign-in", Region.FirstSignInUrl?.Fragment.Split('=')[^1]);
    }

    /// <summary>Stops the region, as a restart of the machine does.</summary>
    public async Task StopRegionAsync()
    {
        await Region.StopAsync(CancellationToken.None);
        await Region.DisposeAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Half of it may be missing when it could not begin; why says what was thrown there, not here.
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
        if (Region is not null)
            await StopRegionAsync();
        if (Mirror is not null)
            await Mirror.DisposeAsync();
        Tree.Dispose();
        _folder.Dispose();
    }

    /// <summary>A service of the running region.</summary>
    public T Get<T>()
        where T : notnull => Region.Services.GetRequiredService<T>();

    /// <summary>Sets the administrator's password, and adds a plain user.</summary>
    public async Task AddUsersAsync()
    {
        var users = Get<UserAdministration>();
        await users.SetPasswordAsync("admin", Password, Actor.System, CancellationToken.None);
        await users.CreateAsync("joe", "joe@example.com", Password, isAdmin: false, Actor.System, CancellationToken.None);
    }

    /// <summary>Adds the mirror as a source with one selection, as an operator did some time ago.</summary>
    public Task<int> AddSourceAsync(string name = "Test stream", string release = "noble", string[]? arches = null, string? url = null) => Get<CatalogDatabase>().ChangeAsync(
        async (db, cancel) =>
        {
            var now = DateTimeOffset.UtcNow;
            var source = new BootSource { Url = url ?? Mirror.Url, Name = name, Priority = 5, KeyringData = Tree.Keyring, Created = now, Updated = now };
            source.Selections.Add(new BootSourceSelection
            {
                Os = "ubuntu", Release = release, Arches = [.. arches ?? ["amd64"]], Subarches = ["*"], Labels = ["*"], Created = now, Updated = now,
            });
            db.BootSources.Add(source);
            await db.SaveChangesAsync(cancel);
            return source.Id;
        },
        CancellationToken.None);

    /// <summary>Adds a rack that has reported these images; heard of just now, or an hour ago.</summary>
    public Task<string> AddRackAsync(string name, bool isConnected, params RackImageState[] images) => Get<CatalogDatabase>().ChangeAsync(
        (db, _) =>
        {
            var now = DateTimeOffset.UtcNow;
            var rack = new RackController
            {
                SystemId = $"rack-{name}",
                Uuid = Guid.NewGuid().ToString(),
                Name = name,
                SecretHash = new byte[32],
                Policy = JsonSerializer.Serialize(new RackPolicy(), RackWire.Default.RackPolicy),
                Created = now,
                LastContact = isConnected ? now : now.AddHours(-1),
                ReportedAt = now,
                Version = "1.0.0",
                Url = "http://10.0.0.5:5248/",
                Report = JsonSerializer.Serialize(
                    new RackReport { Version = "1.0.0", Images = images, DiskFree = 400_000_000_000, DiskUsed = 12_000_000_000 }, RackWire.Default.RackReport),
            };
            db.Racks.Add(rack);
            return Task.FromResult(rack.SystemId);
        },
        CancellationToken.None);

    /// <summary>How Ubuntu noble for amd64 stands on a rack.</summary>
    public static RackImageState Noble(string state, long held = 600_006, Fault? fault = null) => new()
    {
        Name = "ubuntu/noble", Architecture = "amd64/ga-24.04", Label = "stable", Version = "20260309", State = state,
        Files = 4, FilesHeld = state == "synced" ? 4 : 1, Bytes = 600_006, BytesHeld = held, Fault = fault,
    };

    /// <summary>Runs an import to its end.</summary>
    public async Task ImportAsync()
    {
        var imports = Get<ImportControl>();
        await imports.StartAsync("manual", "admin", CancellationToken.None);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (imports.IsImportingHere)
            await Task.Delay(10, patience.Token);
    }

    /// <summary>A new browser profile with one page.</summary>
    public Task<UiPage> OpenAsync(int width = 1400, int height = 900, ColorScheme scheme = ColorScheme.Light) => UiPage.OpenAsync(this, width, height, scheme);

    /// <summary>A page on which that user is signed in.</summary>
    public async Task<UiPage> SignInAsync(string username = "admin", int width = 1400, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await OpenAsync(width, height, scheme);
        await page.SignInAsync(username);
        return page;
    }

    private static string Chromium() =>
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("Chromium is not installed (Debian package chromium).");
}

/// <summary>A page that notes what must not happen: errors on its console, requests to others.</summary>
public sealed class UiPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentQueue<Task> _refusals = new();

    private UiPage(UiFixture ui, IBrowserContext context, IPage page)
    {
        Ui = ui;
        Context = context;
        Page = page;
    }

    /// <summary>Where it is from.</summary>
    public UiFixture Ui { get; }

    /// <summary>The profile.</summary>
    public IBrowserContext Context { get; }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Console errors that belong to the test: a refusal that it asks for is logged by the browser.</summary>
    public string[] Expected { get; set; } = [];

    /// <summary>Opens one.</summary>
    public static async Task<UiPage> OpenAsync(UiFixture ui, int width, int height, ColorScheme scheme)
    {
        var context = await ui.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, Locale = "en-GB", TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(15_000);
        var page = await context.NewPageAsync();
        var result = new UiPage(ui, context, page);
        result.Watch(page);
        return result;
    }

    /// <summary>Another window of the same profile.</summary>
    public async Task<IPage> AnotherWindowAsync()
    {
        var page = await Context.NewPageAsync();
        Watch(page);
        return page;
    }

    /// <summary>Signs in by the form.</summary>
    public async Task SignInAsync(string username)
    {
        await Page.GotoAsync(Ui.Url);
        await Page.GetByLabel("User name").FillAsync(username);
        await Page.GetByLabel("Password").FillAsync(UiFixture.Password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Heading, new() { Name = "Images", Exact = true }).WaitForAsync();
    }

    /// <summary>Goes to a screen by its address.</summary>
    public Task GoAsync(string screen) => Page.GotoAsync(Ui.Url + "r/" + screen);

    /// <summary>Checks what always holds, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_refusals);
        await Context.CloseAsync();
        _wrong.Where(w => !Expected.Any(e => w.Contains(e, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static async Task ReadAsync(IResponse response)
    {
        try
        {
            SecretWatch.Read($"the answer {response.Status} to {response.Request.Method} {response.Url}", await response.TextAsync());
        }
        catch (PlaywrightException)
        {
            // The page that asked has gone, and the answer with it.
        }
    }

    private void Watch(IPage page)
    {
        var own = Ui.Region.Url.GetLeftPart(UriPartial.Authority);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _wrong.Enqueue($"console: {message.Text} {message.Location}");
        };
        page.PageError += (_, error) => _wrong.Enqueue("error: " + error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _refusals.Enqueue(ReadAsync(response));
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(own, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _wrong.Enqueue("request to someone else: " + request.Url);
        };
    }
}
