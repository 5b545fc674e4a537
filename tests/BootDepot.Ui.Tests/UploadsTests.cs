using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BootDepot.Ui.Tests;

public sealed class UploadsTests : IAsyncLifetime
{
    private readonly UiFixture _ui = new();

    public async ValueTask InitializeAsync()
    {
        await _ui.InitializeAsync();
        await _ui.AddUsersAsync();
    }

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task A_dropped_file_is_recognised_gets_its_fields_and_becomes_an_image()
    {
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await browser.GoAsync("uploads");
        await Expect(page.GetByText("No uploads yet")).ToBeVisibleAsync();
        var data = await page.EvaluateHandleAsync(
            "(text) => { const t = new DataTransfer(); t.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], 'rocky-9-amd64.dd.gz')); return t; }",
            Convert.ToBase64String(Disk()));
        await page.DispatchEventAsync("h1", "drop", new { dataTransfer = data });
        var panel = page.GetByRole(AriaRole.Dialog, new() { Name = "Upload custom image" });
        await Expect(panel.GetByText("This is a disk image with gzip")).ToBeVisibleAsync();
        await Expect(panel.GetByLabel("File type")).ToHaveValueAsync("ddgz");
        await Expect(panel.GetByLabel("Release codename").First).ToHaveValueAsync("rocky-9");
        await panel.GetByLabel("Release title").FillAsync("Rocky 9");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "custom/rocky-9" })).ToContainTextAsync("Complete");
        await page.GetByRole(AriaRole.Link, new() { Name = "Images" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Rocky 9" })).ToContainTextAsync("Ready");
    }

    [Fact]
    public async Task What_is_typed_the_moment_the_file_was_looked_into_stays_and_so_does_what_was_found()
    {
        var file = Path.Combine(_ui.Folder, "disk-arm64.dd");
        await File.WriteAllBytesAsync(file, RawDisk());
        await using var browser = await _ui.SignInAsync();
        var page = browser.Page;
        await browser.GoAsync("uploads?new");
        // Promises are kept before anything is drawn: after enough of them the finding is known and not yet on the page.
        await page.EvaluateAsync(
            """
            () => {
              const read = Blob.prototype.arrayBuffer;
              let reads = 0;
              Blob.prototype.arrayBuffer = function () {
                const bytes = read.call(this);
                bytes.then(async () => {
                  for (let i = 0; i < 100; i++) await undefined;
                  const field = document.getElementById('up-release');
                  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, `typed-${++reads}`);
                  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
                });
                return bytes;
              };
            }
            """);
        await page.Locator("input[type=file]").SetInputFilesAsync(file);
        await Expect(page.GetByText("This is a raw disk image")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("File type")).ToHaveValueAsync("ddraw");
        await Expect(page.GetByLabel("Release codename").First).ToHaveValueAsync("typed-3");
    }

    [Fact]
    public async Task An_upload_that_a_reload_broke_off_goes_on_where_it_was_and_one_that_nobody_wants_is_discarded()
    {
        var file = Path.Combine(_ui.Folder, "disk-arm64.dd");
        var bytes = SignedTree.Bytes("disk", 6_000_000);
        (bytes[510], bytes[511]) = (0x55, 0xaa);
        await File.WriteAllBytesAsync(file, bytes);
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["ERR_", "net::"];
        var page = browser.Page;
        // The line breaks after a part: what the region has stays.
        var cut = true;
        await page.RouteAsync("**/MAAS/uploads/*", async route =>
        {
            if (!cut || route.Request.Method != "PATCH")
            {
                await route.ContinueAsync();
                return;
            }

            cut = false;
            await route.ContinueAsync(new() { PostData = bytes[..2_000_000], Headers = route.Request.Headers });
            await Task.Delay(300);
            await route.AbortAsync();
        });
        await browser.GoAsync("uploads?new");
        await ChooseAsync(page, file);
        await page.GetByLabel("Release codename").First.FillAsync("first");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "custom/first" })).ToContainTextAsync("Complete");
    }

    [Fact]
    public async Task A_virtual_disk_is_to_be_converted_and_a_file_that_is_not_what_it_says_is_refused_with_the_reason()
    {
        var qcow = Path.Combine(_ui.Folder, "cloud.qcow2");
        var raw = Path.Combine(_ui.Folder, "cloud.raw");
        await File.WriteAllBytesAsync(raw, RawDisk());
        await Shell.RunAsync($"qemu-img convert -q -f raw -O qcow2 {raw} {qcow}");
        await using var browser = await _ui.SignInAsync();
        browser.Expected = ["400"];
        var page = browser.Page;
        await browser.GoAsync("uploads?new");
        await ChooseAsync(page, qcow);
        await Expect(page.GetByText("This is a virtual disk (qcow2)")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Convert to this type after the upload")).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "custom/cloud" })).ToContainTextAsync("Complete");

        var liar = Path.Combine(_ui.Folder, "liar.dd.gz");
        await File.WriteAllBytesAsync(liar, Disk());
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload custom image" }).ClickAsync();
        await ChooseAsync(page, liar);
        await page.GetByLabel("File type").SelectOptionAsync("ddxz");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        var failed = page.GetByLabel("Upload of liar.dd.gz").First;
        await Expect(failed).ToContainTextAsync("image-");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel upload" }).ClickAsync();
        await Expect(failed).ToHaveCountAsync(0);
    }

    private static async Task ChooseAsync(IPage page, string file) =>
        await page.Locator("input[type=file]").SetInputFilesAsync(file);

    // A disk with a partition table's mark, packed.
    private static byte[] Disk()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(RawDisk());
        return packed.ToArray();
    }

    // One bootable Linux partition in the table of the master boot record.
    private static byte[] RawDisk()
    {
        var disk = new byte[1 << 20];
        disk[446] = 0x80;
        disk[450] = 0x83;
        BitConverter.TryWriteBytes(disk.AsSpan(454), 1u);
        BitConverter.TryWriteBytes(disk.AsSpan(458), 2047u);
        (disk[510], disk[511]) = (0x55, 0xaa);
        Encoding.ASCII.GetBytes("boot").CopyTo(disk, 0);
        return disk;
    }
}
