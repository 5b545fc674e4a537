using System.Threading.Tasks;
using BootDepot.Catalog.Imports;
using BootDepot.Region.Imports.Progress;

namespace BootDepot.Region.Tests.Imports;

public sealed class ImportTests
{
    private const string Noble = "ubuntu/noble amd64/ga-24.04 20260309 [boot-initrd,boot-kernel,manifest,squashfs]";
    private const string Grub = "grub-efi-signed/uefi amd64/generic 20230222.0 [grub2-signed.tar.xz]";

    [Fact]
    public async Task A_signed_stream_becomes_served_images()
    {
        await using var fixture = await ImportFixture.CreateAsync();
        var progress = await fixture.ImportAsync();
        progress.Problems.ShouldBeEmpty();
        progress.State.ShouldBe(ImportState.Done);
        (await fixture.ServedAsync()).ShouldBe([Grub, Noble]);
        progress.FetchedBytes.ShouldBe(progress.PlannedBytes);
        progress.ReceivedBytes.ShouldBe(progress.PlannedBytes);
        (progress.PlannedSets, progress.PublishedSets).ShouldBe((2, 2));
        progress.Files.ShouldAllBe(f => f.State == FileState.Stored);
        fixture.Changes.Version.ShouldBeGreaterThan(0);
        var source = await fixture.SourceAsync();
        source.SignedBy.ShouldBe(fixture.Stream.Key.Fingerprint.Hex);
        source.ProblemCode.ShouldBeNull();
        source.VerifiedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task When_nothing_changed_each_document_is_asked_for_once_and_nothing_else()
    {
        await using var fixture = await ImportFixture.CreateAsync();
        await fixture.ImportAsync();
        var state = await fixture.StateAsync();
        for (var run = 0; run < 2; run++)
        {
            fixture.Mirror.Forget();
            (await fixture.ImportAsync()).State.ShouldBe(ImportState.Done);
            fixture.Mirror.Requests.Count.ShouldBe(3);
            fixture.Mirror.Requests.ShouldAllBe(r => r.IsConditional && r.Status == 304);
            await fixture.RestartAsync(); // the second time without anything in memory
        }

        (await fixture.StateAsync()).ShouldBe(state);
    }
}
