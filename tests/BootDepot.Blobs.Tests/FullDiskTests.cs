using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;

namespace BootDepot.Blobs.Tests;

/// <summary>A disk of 8 MiB: a small tmpfs, which only root can mount, so that others skip nothing but these lines.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("bootdepot-full-").FullName;
    private readonly bool _mounted = Environment.UserName == "root";

    public FullDiskTests()
    {
        if (_mounted)
            Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", _root);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (_mounted)
            Run("umount", "-l", _root);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_size_that_does_not_fit_is_refused_before_the_first_byte()
    {
        Assert.SkipUnless(_mounted, "mounting a small disk needs root");
        var store = new FileBlobStore(_root, TimeProvider.System);
        await Should.ThrowAsync<BlobSpaceException>(() => store.WriteAsync(PartialName.Parse("huge"), 1L << 30, Cancel));
        await store.DiscardPartialAsync(PartialName.Parse("huge"), Cancel);
        (await store.MeasureAsync(Cancel)).Free.ShouldNotBeNull().ShouldBeInRange(1, 8 << 20);
    }

    [Fact]
    public async Task A_disk_that_fills_up_keeps_what_was_appended_and_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(_mounted, "mounting a small disk needs root");
        var store = new FileBlobStore(_root, TimeProvider.System);
        var ballast = Path.Combine(_root, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[3 << 20], Cancel);
        var bytes = SampleBytes.Make(6 << 20);
        await using (var writer = await store.WriteAsync(PartialName.OfUpload("full"), null, Cancel))
        {
            await Should.ThrowAsync<BlobSpaceException>(async () =>
            {
                while (writer.Offset < bytes.Length)
                    await writer.AppendAsync(bytes.AsMemory((int)writer.Offset, 1 << 18), Cancel);
            });
            writer.Offset.ShouldBeGreaterThan(4 << 20);
            File.Delete(ballast);
            await writer.AppendAsync(bytes.AsMemory((int)writer.Offset, 1 << 18), Cancel);
        }

        await using var resumed = await store.WriteAsync(PartialName.OfUpload("full"), null, Cancel);
        await resumed.AppendAsync(bytes.AsMemory((int)resumed.Offset), Cancel);
        (await resumed.CommitAsync(SampleBytes.DigestOf(bytes), Cancel)).ShouldBeOfType<BlobCommit.Stored>();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, program);
    }
}
