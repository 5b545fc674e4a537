using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Cli.Tests.Streams;

/// <summary>The offline tools for streams, as a person uses them one after the other.</summary>
public sealed class StreamTests : IDisposable
{
    private const string Description = """
        label: stable
        images:
          - os: debian
            release: bookworm
            version: "12"
            arch: amd64
            set: "20260101"
            files:
              boot-kernel: { path: linux, kpackage: linux-image-amd64 }
              boot-initrd: { path: initrd }
          - os: centos
            release: "9"
            arch: arm64
            set: "20260101"
            files: { root-tgz: { path: root.tgz } }
        bootloaders:
          - os: pxelinux
            type: pxe
            arch: i386
            arches: i386,amd64
            set: "6.04"
            archives:
              syslinux: { package: pxelinux, version: "3:6.04", release: bookworm, files: [linux, initrd] }
        """;

    private readonly Cli _cli = new() { ProgramName = "bootdepot" };

    public StreamTests()
    {
        Write("linux", new string('k', 300_000));
        Write("initrd", new string('i', 200_000));
        Write("root.tgz", "tarball");
        Write("stream.yaml", Description);
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_built_stream_verifies_with_our_tool_and_with_gpgv()
    {
        await BuildAsync();
        (await _cli.RunAsync("stream", "verify", "stream", "--keyring", "ring.gpg", "--items")).Out.ShouldContain("6 of 6 files are good");
        await Shell.RunAsync($"""
            cd '{_cli.Home}/stream/streams/v1'
            for f in *.json; do gpgv -q --keyring ./keyring.gpg "$f.gpg" "$f" 2>&1; done
            for f in *.sjson; do gpgv -q --keyring ./keyring.gpg "$f" 2>&1; done
            cmp keyring.gpg ../../../ring.gpg
            """);
        var secret = File.GetUnixFileMode(Path.Combine(_cli.Home, "key"));
        secret.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Building_again_changes_nothing_and_building_more_adds_versions()
    {
        await BuildAsync();
        var before = Snapshot("stream");
        (await BuildAsync()).Error.ShouldContain("nothing new");
        Snapshot("stream").ShouldBe(before);
        Write("linux", new string('n', 310_000));
        Write("stream.yaml", Description.Replace("20260101", "20260201", StringComparison.Ordinal));
        await BuildAsync();
        var listed = await ListAsync("os=debian");
        listed.Select(i => i.GetProperty("version_name").GetString()).Distinct().ShouldBe(["20260201", "20260101"], ignoreOrder: true);
        (await ListAsync("os=debian", "--max", "1")).ShouldAllBe(i => i.GetProperty("version_name").GetString() == "20260201");
    }

    [Theory]
    [InlineData("os=debian", 3)]
    [InlineData("os!=debian", 3)]
    [InlineData("ftype~^boot-", 2)]
    [InlineData("release!~.", 1)]
    [InlineData("kpackage=linux-image-amd64", 1)]
    [InlineData("arch=riscv64", 0)]
    public async Task Filters_choose_items(string filter, int items)
    {
        await BuildAsync();
        (await ListAsync(filter)).Length.ShouldBe(items);
    }

    [Fact]
    public async Task The_table_has_a_line_for_each_version()
    {
        await BuildAsync();
        var table = (await _cli.RunAsync("stream", "ls", "stream", "--keyring", "ring.gpg")).Out.TrimEnd().Split('\n');
        table.Length.ShouldBe(4);
        table[0].ShouldStartWith("OS ");
        table.ShouldContain(l => l.Contains("debian") && l.Contains("bookworm") && l.Contains("20260101"));
    }

    [Fact]
    public async Task A_mirror_is_complete_keeps_the_publishers_signature_and_fetches_nothing_twice()
    {
        await BuildAsync();
        (await MirrorAsync()).Error.ShouldContain("fetched 6 files");
        (await _cli.RunAsync("stream", "verify", "mirror", "--keyring", "ring.gpg", "--items")).Code.ShouldBe(0);
        foreach (var document in Directory.GetFiles(Path.Combine(_cli.Home, "mirror/streams/v1")))
            File.ReadAllBytes(document).ShouldBe(File.ReadAllBytes(Path.Combine(_cli.Home, "stream/streams/v1", Path.GetFileName(document))));
        (await MirrorAsync()).Error.ShouldContain("fetched 0 files");
    }

    [Fact]
    public async Task Two_runs_with_other_choices_add_up_and_old_versions_leave_only_for_new_ones()
    {
        await BuildAsync();
        await MirrorAsync("--select", "debian/bookworm/amd64");
        Payloads("mirror").ShouldBe(4); // three of Debian, and the boot loader, which always comes along
        await MirrorAsync("os=centos");
        Payloads("mirror").ShouldBe(6);
        Write("linux", new string('n', 310_000));
        Write("stream.yaml", Description.Replace("20260101", "20260201", StringComparison.Ordinal));
        await BuildAsync();
        var dry = await MirrorAsync("os=debian", "--max", "1", "--dry-run");
        dry.Error.ShouldContain("would fetch 2 files");
        Payloads("mirror").ShouldBe(6);
        (await MirrorAsync("os=debian", "--max", "1")).Error.ShouldContain("removed 2");
        Payloads("mirror").ShouldBe(6);
    }

    [Fact]
    public async Task A_damaged_file_keeps_the_mirror_as_it_was_and_is_named()
    {
        await BuildAsync();
        await MirrorAsync();
        var before = Snapshot("mirror/streams");
        Write("initrd", "another initrd");
        Write("stream.yaml", Description.Replace("20260101", "20260201", StringComparison.Ordinal));
        await BuildAsync();
        var initrd = Directory.GetFiles(Path.Combine(_cli.Home, "stream/sha256"), "boot-initrd", SearchOption.AllDirectories).MinBy(f => new FileInfo(f).Length)!;
        await File.WriteAllTextAsync(initrd, "anothEr initrd", TestContext.Current.CancellationToken);
        var run = await MirrorAsync();
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("[transfer-digest-mismatch]");
        Snapshot("mirror/streams").ShouldBe(before);
    }

    [Fact]
    public async Task A_stream_of_a_stranger_is_refused()
    {
        await BuildAsync();
        (await _cli.RunAsync("stream", "build", "stream.yaml", "other", "--key", "key2", "--keyring", "ring2.gpg")).Code.ShouldBe(0);
        var run = await _cli.RunAsync("stream", "mirror", "other", "mirror", "--keyring", "ring.gpg");
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("[signature-key-unknown]");
        Directory.Exists(Path.Combine(_cli.Home, "mirror/streams")).ShouldBeFalse();
        (await _cli.RunAsync("stream", "verify", "other")).Error.ShouldContain("[keyring-missing]");
        (await _cli.RunAsync("stream", "verify", "other", "--no-verify")).Out.ShouldContain("not verified");
    }

    [Fact]
    public async Task Every_mistake_in_a_description_is_told_at_once()
    {
        Write("bad.yaml", """
            images:
              - { os: debian, arch: amd64, set: "a/b", files: { boot-kernel: { path: gone }, nonsense: { path: linux } } }
              - { os: debian, release: one, version: "12", arch: amd64, set: "1", files: { boot-kernel: { path: linux } } }
              - { os: debian, release: two, version: "12", arch: amd64, set: "1", files: { boot-kernel: { path: linux } } }
              - { os: debian, release: one, version: "12", arch: amd64, set: "1", files: { boot-kernel: { path: linux } } }
            bootloaders:
              - { os: x, type: uefi, arch: amd64, set: "1" }
            """);
        var run = await _cli.RunAsync("stream", "build", "bad.yaml", "stream", "--key", "key");
        run.Code.ShouldBe(2);
        foreach (var mistake in new[] { "release is needed", "'a/b' may not hold", "no file 'gone'", "'nonsense' is not a file type", "at least one archive", "images[2]: release 'two' has the version '12' of images[1]", "images[3]: debian/one amd64 has the set '1' twice" })
            run.Error.ShouldContain(mistake);
        Directory.Exists(Path.Combine(_cli.Home, "stream")).ShouldBeFalse();
        Write("bad.yaml", "imgaes: []");
        (await _cli.RunAsync("stream", "build", "bad.yaml", "stream", "--key", "key")).Error.ShouldContain("imgaes");
    }

    [Fact]
    public async Task Bad_filters_and_selections_are_told()
    {
        await BuildAsync();
        (await _cli.RunAsync("stream", "ls", "stream", "--keyring", "ring.gpg", "nonsense")).Error.ShouldContain("[filter-invalid]");
        (await _cli.RunAsync("stream", "ls", "stream", "--keyring", "ring.gpg", "os~(")).Error.ShouldContain("[filter-invalid]");
        (await MirrorAsync("--select", "debian")).Error.ShouldContain("[selection-invalid]");
    }

    private Task<CliResult> BuildAsync() => _cli.RunAsync("stream", "build", "stream.yaml", "stream", "--key", "key", "--keyring", "ring.gpg");

    private Task<CliResult> MirrorAsync(params string[] more) =>
        _cli.RunAsync(["stream", "mirror", "stream", "mirror", "--keyring", "ring.gpg", .. more]);

    private async Task<JsonElement[]> ListAsync(params string[] more)
    {
        var run = await _cli.RunAsync(["stream", "ls", "stream", "--keyring", "ring.gpg", "--json", .. more]);
        run.Code.ShouldBe(0, run.Error);
        return [.. JsonDocument.Parse(run.Out).RootElement.EnumerateArray()];
    }

    private int Payloads(string folder) => Directory.GetFiles(Path.Combine(_cli.Home, folder, "sha256"), "*", SearchOption.AllDirectories).Length;

    private string Snapshot(string folder) => string.Join('\n', Directory
        .GetFiles(Path.Combine(_cli.Home, folder), "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));

    private void Write(string name, string text) => _cli.WriteFile(name, Encoding.UTF8.GetBytes(text));
}
