using System;
using System.Collections.Concurrent;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Client.Tests;

/// <summary>Table B5 and line 3 of B11: uploads of every size and fate.</summary>
public sealed class UploadTests
{
    private const int Chunk = 64 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<MaasEra, int> Sizes { get; } = new MatrixTheoryData<MaasEra, int>(
        [MaasEra.V22, MaasEra.V34, MaasEra.V38, MaasEra.BootDepot], [0, 1, Chunk - 1, Chunk, Chunk + 1, 3 * Chunk]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Content_of_every_size_arrives_and_is_read_back(MaasEra era, int size)
    {
        await using var maas = await Connected.ToAsync(era);
        var bytes = RandomNumberGenerator.GetBytes(size);
        var told = new Told();
        var resource = await maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes(bytes)), told, Ct);
        File(maas).Content.ToArray().ShouldBe(bytes);
        maas.Server.Requests.Count(r => r.Method == "PUT").ShouldBe((size + Chunk - 1) / Chunk);
        resource.Name.ShouldBe(era <= MaasEra.V34 ? "x" : "custom/x");
        resource.Title.ShouldBe("A title");
        told.All.Last().Phase.ShouldBe(UploadPhase.Completed);
        told.All.Last().Fraction.ShouldBe(1);
        told.All.Where(p => p.Phase == UploadPhase.Uploading).Select(p => p.BytesSent).ShouldBeInOrder();
        maas.Server.Requests.Where(r => r.Method == "PUT").ShouldAllBe(r => !r.Headers.ContainsKey("Transfer-Encoding"));
    }

    [Fact]
    public async Task The_chunk_is_4_MiB_unless_said_otherwise()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var upload = Image(UploadContent.FromBytes(new byte[(4 << 20) + 1])) with { ChunkSize = BootResourceUpload.DefaultChunkSize };
        await SingleThread.RunAsync(() => maas.Client.BootResources.Create(upload));
        maas.Server.Requests.Where(r => r.Method == "PUT").Select(r => r.Headers["Content-Length"]).ShouldBe(["4194304", "1"]);
    }

    [Theory]
    [InlineData(MaasEra.V22)]
    [InlineData(MaasEra.V34)]
    [InlineData(MaasEra.BootDepot)]
    public async Task Content_that_is_there_is_not_sent_and_one_last_report_is_made(MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        await maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes([1, 2, 3])), cancellationToken: Ct);
        maas.Server.Clear();
        var told = new Told();
        await maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes([1, 2, 3])) with { Name = "custom/y" }, told, Ct);
        maas.Server.Requests.ShouldNotContain(r => r.Method == "PUT");
        told.All.Count(p => p.Phase != UploadPhase.Hashing).ShouldBe(1);
        told.All.Last().Phase.ShouldBe(UploadPhase.Completed);
    }

    [Fact]
    public async Task A_known_digest_saves_reading_and_lets_pipes_and_streams_be_sent()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var bytes = RandomNumberGenerator.GetBytes(Chunk + 100);
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var told = new Told();
        var pipe = PipeReader.Create(new MemoryStream(bytes));
        await maas.Client.BootResources.CreateAsync(Image(UploadContent.FromPipe(pipe)) with { Sha256 = digest, Size = bytes.Length }, told, Ct);
        File(maas).Content.ToArray().ShouldBe(bytes);
        told.All.ShouldNotContain(p => p.Phase == UploadPhase.Hashing);
    }

    [Fact]
    public async Task A_wrong_digest_ends_in_the_servers_words()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var upload = Image(UploadContent.FromBytes([1, 2])) with { Sha256 = new string('a', 64), Size = 2 };
        var failed = await Should.ThrowAsync<MaasUploadException>(() => maas.Client.BootResources.CreateAsync(upload, cancellationToken: Ct));
        failed.Refusal!.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        failed.Message.ShouldContain("Saved content does not match given SHA256 value.");
        failed.ResourceId.ShouldBe(maas.Server.Resources.Last().Id);
    }

    [Theory]
    [InlineData(ChunkFault.Busy, MaasEra.V38)]
    [InlineData(ChunkFault.CutBefore, MaasEra.V38)]
    [InlineData(ChunkFault.CutHalfway, MaasEra.V38)]
    [InlineData(ChunkFault.LostReply, MaasEra.V38)]
    [InlineData(ChunkFault.Busy, MaasEra.BootDepot)]
    [InlineData(ChunkFault.CutBefore, MaasEra.BootDepot)]
    [InlineData(ChunkFault.CutHalfway, MaasEra.BootDepot)]
    [InlineData(ChunkFault.LostReply, MaasEra.BootDepot)]
    public async Task A_fault_that_passes_costs_no_byte_twice(ChunkFault fault, MaasEra era)
    {
        await using var maas = await Connected.ToAsync(era);
        var bytes = RandomNumberGenerator.GetBytes((5 * Chunk) + 1);
        maas.Server.ChunkFaults = (number, attempt) => number is 1 or 3 && attempt == 0 ? fault : ChunkFault.None;
        // A pipe cannot go back further than its last chunk: enough for every fault.
        var upload = Image(UploadContent.FromPipe(PipeReader.Create(new MemoryStream(bytes)))) with
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), Size = bytes.Length,
        };
        await maas.Client.BootResources.CreateAsync(upload, cancellationToken: Ct);
        File(maas).Content.ToArray().ShouldBe(bytes);
    }

    [Theory]
    [InlineData(ChunkFault.Full, 400)]
    [InlineData(ChunkFault.InsufficientStorage, 507)]
    public async Task A_full_server_stops_the_upload_and_it_can_be_resumed(ChunkFault fault, int status)
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var bytes = RandomNumberGenerator.GetBytes(4 * Chunk);
        maas.Server.ChunkFaults = (number, _) => number == 2 ? fault : ChunkFault.None;
        var stopped = await Should.ThrowAsync<MaasUploadException>(() =>
            maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes(bytes)), cancellationToken: Ct));
        ((int)stopped.Refusal!.StatusCode, stopped.Offset, stopped.TotalBytes).ShouldBe((status, 2L * Chunk, 4L * Chunk));
        maas.Server.ChunkFaults = (_, _) => ChunkFault.None;
        maas.Server.Clear();
        await maas.Client.BootResources.ResumeAsync(stopped.ResourceId, UploadContent.FromBytes(bytes), new UploadTransferOptions { ChunkSize = Chunk }, null, Ct);
        maas.Server.Requests.Count(r => r.Method == "PUT").ShouldBe(2);
        File(maas).Content.ToArray().ShouldBe(bytes);
        maas.Server.Clear();
        await SingleThread.RunAsync(() => maas.Client.BootResources.Resume(stopped.ResourceId, UploadContent.FromBytes(bytes)));
        maas.Server.Requests.ShouldNotContain(r => r.Method == "PUT");
    }

    [Fact]
    public async Task A_connection_that_stays_lost_ends_after_the_retries_with_the_offset()
    {
        await using var maas = await Connected.ToAsync(MaasEra.BootDepot);
        maas.Server.ChunkFaults = (number, _) => number == 1 ? ChunkFault.CutBefore : ChunkFault.None;
        var stopped = await Should.ThrowAsync<MaasUploadException>(() =>
            maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes(new byte[2 * Chunk])), cancellationToken: Ct));
        (stopped.Refusal, stopped.Offset).ShouldBe((null, (long)Chunk));
        maas.Server.Requests.Count(r => r.Method == "PUT").ShouldBe(1 + 5);
    }

    [Fact]
    public async Task The_same_upload_made_again_sends_only_the_rest()
    {
        await using var maas = await Connected.ToAsync(MaasEra.BootDepot);
        var bytes = RandomNumberGenerator.GetBytes(4 * Chunk);
        maas.Server.ChunkFaults = (number, _) => number == 3 ? ChunkFault.Full : ChunkFault.None;
        await Should.ThrowAsync<MaasUploadException>(() => maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes(bytes)), cancellationToken: Ct));
        maas.Server.ChunkFaults = (_, _) => ChunkFault.None;
        maas.Server.Clear();
        await maas.Client.BootResources.CreateAsync(Image(UploadContent.FromBytes(bytes)), cancellationToken: Ct);
        maas.Server.Requests.ShouldNotContain(r => r.Method == "POST");
        maas.Server.Requests.Count(r => r.Method == "PUT").ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_stops_between_chunks_and_deletes_when_asked_to(bool delete)
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        using var stop = new CancellationTokenSource();
        var progress = new Inline(p =>
        {
            if (p is { Phase: UploadPhase.Uploading, BytesSent: >= 2 * Chunk })
                stop.Cancel();
        });
        await Should.ThrowAsync<OperationCanceledException>(() => maas.Client.BootResources.CreateAsync(
            Image(UploadContent.FromBytes(new byte[8 * Chunk])) with { DeleteOnCancel = delete }, progress, stop.Token));
        maas.Server.Resources.Count.ShouldBe(delete ? 1 : 2);
    }

    [Fact]
    public async Task Progress_that_throws_aborts()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        await Should.ThrowAsync<InvalidOperationException>(() => maas.Client.BootResources.CreateAsync(
            Image(UploadContent.FromBytes([1])), new Inline(_ => throw new InvalidOperationException("enough")), Ct));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_before_any_request()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var good = Image(UploadContent.FromBytes([1]));
        async Task RefusedAsync(BootResourceUpload upload, string parameter, string text)
        {
            var refused = await Should.ThrowAsync<ArgumentException>(() => maas.Client.BootResources.CreateAsync(upload, cancellationToken: Ct));
            refused.ParamName.ShouldBe(parameter);
            refused.Message.ShouldContain(text);
        }

        await RefusedAsync(good with { Name = "x" }, "Name", "os/release");
        await RefusedAsync(good with { Architecture = "amd64" }, "Architecture", "amd64/generic");
        await RefusedAsync(good with { ChunkSize = -3 }, "ChunkSize", "-3");
        await RefusedAsync(good with { Sha256 = "abc", Size = 1 }, "Sha256", "64");
        await RefusedAsync(good with { Size = 1 }, "Sha256", "together");
        await RefusedAsync(good with { Content = UploadContent.FromPipe(PipeReader.Create(Stream.Null)) }, "Content", "read twice");
        Should.Throw<ArgumentException>(() => UploadContent.FromStream(new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)));
        maas.Server.Lines.ShouldBeEmpty();
        await maas.Client.BootResources.CreateAsync(good with { Name = "bare", AllowBareName = true }, cancellationToken: Ct);
    }

    [Fact]
    public async Task Content_that_shrank_while_it_was_sent_is_an_error_that_says_so()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var upload = Image(UploadContent.FromBytes([1, 2])) with { Sha256 = new string('a', 64), Size = 3 };
        (await Should.ThrowAsync<InvalidDataException>(() => maas.Client.BootResources.CreateAsync(upload, cancellationToken: Ct)))
            .Message.ShouldContain("ended at byte 2");
    }

    [Theory]
    [InlineData("http://h/MAAS/api/2.0/", "/MAAS/api/2.0/boot-resources/1/upload/2/", "http://h/MAAS/api/2.0/boot-resources/1/upload/2/")]
    [InlineData("https://proxy/prefix/MAAS/api/2.0/", "/MAAS/api/2.0/boot-resources/1/upload/2/", "https://proxy/prefix/MAAS/api/2.0/boot-resources/1/upload/2/")]
    [InlineData("https://proxy/MAAS/api/2.0/", "http://inside:5240/MAAS/api/2.0/boot-resources/1/upload/2/", "https://proxy/MAAS/api/2.0/boot-resources/1/upload/2/")]
    [InlineData("http://h/MAAS/api/2.0/", "/elsewhere/1/", "http://h/elsewhere/1/")]
    [InlineData("http://h/MAAS/api/2.0/", "//evil/1/", "http://h/evil/1/")]
    public void Uploads_go_to_the_address_the_caller_used(string api, string uploadUri, string target) =>
        new MaasCall(System.Net.Http.HttpMethod.Put, UploadPath.For(new Uri(api), uploadUri)).Resolve(new Uri(api)).AbsoluteUri.ShouldBe(target);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Ten_GiB_arrive_with_one_buffer_of_memory()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        maas.Server.KeepContent = false;
        var path = Path.GetTempFileName();
        try
        {
            const long Size = 10L << 30;
            await using (var sparse = new FileStream(path, FileMode.Open))
                sparse.SetLength(Size);
            var before = GC.GetTotalAllocatedBytes();
            var resource = await maas.Client.BootResources.CreateAsync(
                Image(UploadContent.FromFile(path)) with { ChunkSize = BootResourceUpload.DefaultChunkSize }, cancellationToken: Ct);
            resource.LatestSet!.Complete.ShouldBeTrue();
            GC.GetTotalMemory(forceFullCollection: true).ShouldBeLessThan(200L << 20);
            before.ShouldBeGreaterThan(0);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static BootResourceUpload Image(UploadContent content) => new()
    {
        Name = "custom/x", Architecture = "amd64/generic", Title = "A title", BaseImage = "rhel/9", Content = content, ChunkSize = Chunk,
    };

    private static FakeFile File(Connected maas) => maas.Server.Resources.Last().Sets.Last().Files.Single();

    private sealed class Told : IProgress<UploadProgress>
    {
        public ConcurrentQueue<UploadProgress> All { get; } = new();

        public void Report(UploadProgress value) => All.Enqueue(value);
    }

    private sealed class Inline(Action<UploadProgress> tell) : IProgress<UploadProgress>
    {
        public void Report(UploadProgress value) => tell(value);
    }
}
