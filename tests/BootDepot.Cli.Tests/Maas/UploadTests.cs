using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using BootDepot.FakeMaas;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Table A9: <c>boot-resources create</c>, and the lines of A14 and A15 about uploads.</summary>
public sealed class UploadTests
{
    private const int Chunk = 4 * 1024 * 1024;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(Chunk - 1, 1)]
    [InlineData(Chunk, 1)]
    [InlineData(Chunk + 1, 2)]
    [InlineData(2 * Chunk, 2)]
    public async Task Line_1_files_of_every_size_arrive_in_chunks_of_4_MiB_and_nothing_is_printed(int size, int chunks)
    {
        foreach (var era in new[] { MaasEra.V22, MaasEra.V38 })
        {
            await using var maas = await FakeMaas.FakeMaas.StartAsync(era);
            using var cli = await Cli.LoggedInAsync(maas);
            var bytes = RandomNumberGenerator.GetBytes(size);
            cli.WriteFile("image", bytes);
            var result = await cli.RunAsync(
                "admin", "boot-resources", "create", "name=custom/x", "title=A title", "architecture=amd64/generic", "content@=image");
            result.ShouldBe(new CliResult(0, "", ""), $"{era}");
            var puts = maas.Requests.Where(r => r.Method == "PUT").ToList();
            puts.Count.ShouldBe(chunks);
            puts.SkipLast(1).ShouldAllBe(r => r.Headers["Content-Length"] == Chunk.ToString(CultureInfo.InvariantCulture));
            puts.ShouldAllBe(r => r.Headers["Content-Type"] == "application/octet-stream");
            maas.Resources.Last().Sets.Last().Files.Single().Content.ToArray().ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task The_first_request_has_all_words_sorted_by_name_with_size_and_digest()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("image", Encoding.UTF8.GetBytes("content"));
        await cli.RunAsync("admin", "boot-resources", "create", "title=one", "name=custom/x", "filetype=tgz", "title=two words",
            "architecture=amd64/generic", "base_image=rhel/9", "content@=image");
        var post = maas.Requests.Single(r => r.Method == "POST");
        post.Form.Select(p => p.Name).ShouldBe(["architecture", "base_image", "filetype", "name", "sha256", "size", "title"]);
        post.Value("title").ShouldBe("two words");
        post.Value("size").ShouldBe("7");
        post.Value("sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData("content"u8)));
    }

    [Theory]
    [InlineData(MaasEra.V34)]
    [InlineData(MaasEra.BootDepot)]
    public async Task Content_that_is_there_is_not_sent_again(MaasEra era)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(era);
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("image", Encoding.UTF8.GetBytes("content"));
        string[] command = ["admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=image"];
        await cli.RunAsync(command);
        maas.Clear();
        command[3] = "name=custom/y";
        (await cli.RunAsync(command)).ShouldBe(new CliResult(0, "", ""));
        maas.Requests.ShouldNotContain(r => r.Method == "PUT");
    }

    [Fact]
    public async Task A_refused_request_prints_the_body_and_exits_2()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("image", [1]);
        var result = await cli.RunAsync("admin", "boot-resources", "create", "name=custom/x", "architecture=mips/generic", "content@=image");
        result.Code.ShouldBe(2);
        result.Out.ShouldBe(maas.LastBody);
    }

    [Theory]
    [InlineData(ChunkFault.Full, "No space left on device")]
    [InlineData(ChunkFault.InsufficientStorage, "Full.")]
    [InlineData(ChunkFault.Created, "OK")]
    public async Task W14_a_chunk_that_is_not_answered_with_200_prints_the_body_and_exits_2(ChunkFault fault, string body)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("image", [1]);
        maas.ChunkFaults = (_, _) => fault;
        var result = await cli.RunAsync("admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=image");
        (result.Code, result.Out).ShouldBe((2, body));
        result.Error.ShouldContain("stopped at byte 0 of 1");
        result.Error.ShouldContain(Path.Combine(cli.Home, "image"));
    }

    [Theory]
    [InlineData(MaasEra.V34)]
    [InlineData(MaasEra.V38)]
    [InlineData(MaasEra.BootDepot)]
    public async Task Line_9_an_interrupted_upload_sends_only_the_rest_when_repeated(MaasEra era)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(era);
        using var cli = await Cli.LoggedInAsync(maas);
        var bytes = RandomNumberGenerator.GetBytes(4 * Chunk);
        cli.WriteFile("image", bytes);
        string[] command = ["admin", "boot-resources", "create", "name=custom/x", "title=T", "architecture=amd64/generic", "content@=image"];
        maas.ChunkFaults = (number, _) => number == 2 ? ChunkFault.Full : ChunkFault.None;
        (await cli.RunAsync(command)).Code.ShouldBe(2);
        maas.ChunkFaults = (_, _) => ChunkFault.None;
        maas.Clear();
        (await cli.RunAsync(command)).ShouldBe(new CliResult(0, "", ""));
        maas.Requests.ShouldNotContain(r => r.Method == "POST");
        maas.Requests.Count(r => r.Method == "PUT").ShouldBe(2);
        maas.Resources.Last().Sets.Last().Files.Single().Content.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task No_resume_starts_over()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("image", RandomNumberGenerator.GetBytes(2 * Chunk));
        string[] command = ["admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=image", "--no-resume"];
        maas.ChunkFaults = (number, _) => number == 1 ? ChunkFault.Full : ChunkFault.None;
        await cli.RunAsync(command);
        maas.ChunkFaults = (_, _) => ChunkFault.None;
        maas.Clear();
        (await cli.RunAsync(command)).Code.ShouldBe(0);
        maas.Requests.Count(r => r.Method == "POST").ShouldBe(1);
        maas.Requests.Count(r => r.Method == "PUT").ShouldBe(2);
    }

    [Theory]
    [InlineData(ChunkFault.Busy)]
    [InlineData(ChunkFault.CutBefore)]
    [InlineData(ChunkFault.CutHalfway)]
    [InlineData(ChunkFault.LostReply)]
    public async Task A_fault_that_passes_is_survived(ChunkFault fault)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync(MaasEra.BootDepot);
        using var cli = await Cli.LoggedInAsync(maas);
        var bytes = RandomNumberGenerator.GetBytes((2 * Chunk) + 5);
        cli.WriteFile("image", bytes);
        maas.ChunkFaults = (number, attempt) => number == 1 && attempt == 0 ? fault : ChunkFault.None;
        (await cli.RunAsync("admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=image"))
            .ShouldBe(new CliResult(0, "", ""));
        maas.Resources.Last().Sets.Last().Files.Single().Content.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task Content_comes_from_standard_input_for_a_dash()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.Input = "from a pipe";
        (await cli.RunAsync("admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=-")).Code.ShouldBe(0);
        Encoding.UTF8.GetString(maas.Resources.Last().Sets.Last().Files.Single().Content.ToArray()).ShouldBe("from a pipe");
    }

    [Fact]
    public async Task Progress_is_shown_on_a_terminal_only_and_not_when_quiet()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("image", [1, 2]);
        cli.ErrorIsTerminal = true;
        (await cli.RunAsync("admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=image"))
            .Error.ShouldContain("Sending image: 100 %");
        (await cli.RunAsync("admin", "boot-resources", "create", "name=custom/y", "architecture=amd64/generic", "content@=image", "-q"))
            .Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_file_type_is_taken_from_an_unambiguous_name_and_said()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        cli.WriteFile("disk.dd.gz", [1, 2]);
        var result = await cli.RunAsync("admin", "boot-resources", "create", "name=custom/x", "architecture=amd64/generic", "content@=disk.dd.gz");
        (result.Code, result.Out).ShouldBe((0, ""));
        result.Error.ShouldContain("ddgz");
        maas.Requests.Single(r => r.Method == "POST").Value("filetype").ShouldBe("ddgz");
    }

    [Fact]
    public async Task A_raw_disk_sent_as_a_tar_of_one_is_stopped_before_it_is_sent_unless_forced()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        // A disk with a boot sector and one partition, in gzip: what PR 304 of the templates was about.
        var disk = new byte[4 * 1024 * 1024];
        (disk[446], disk[450], disk[454], disk[459]) = (0x80, 0x83, 1, 0x10);
        (disk[510], disk[511]) = (0x55, 0xaa);
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(disk, TestContext.Current.CancellationToken);
        cli.WriteFile("windows-root-dd.gz", packed.ToArray());
        string[] command = ["admin", "boot-resources", "create", "name=windows/x", "architecture=amd64/generic", "filetype=ddtgz", "content@=windows-root-dd.gz"];
        var refused = await cli.RunAsync(command);
        refused.Code.ShouldBe(2, refused.Error);
        refused.Error.ShouldContain("ddgz");
        maas.Lines.ShouldBeEmpty();
        (await cli.RunAsync([.. command, "--force"])).Code.ShouldBe(0);
    }
}
