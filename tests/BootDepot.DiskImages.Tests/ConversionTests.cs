using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Conversions;
using BootDepot.Images;

namespace BootDepot.DiskImages.Tests;

public sealed class ConversionTests : IDisposable
{
    private readonly Corpus _corpus;
    private readonly string _folder = Directory.CreateTempSubdirectory("bootdepot-conversion-").FullName;

    public ConversionTests(Corpus corpus) => _corpus = corpus;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Out => Path.Combine(_folder, "out");

    private string Work => Path.Combine(_folder, "work");

    private static FileType Type(string name) => FileType.FindUploadOrNull(name)!;

    private ConversionOptions Options => new() { WorkFolder = Work };

    private async Task<ConversionOutcome> ConvertAsync(
        string source,
        string target,
        ConversionOptions? options = null,
        string? disk = null,
        IProgress<ConversionProgress>? progress = null,
        CancellationTokenSource? stop = null
    )
    {
        await using var output = new FileStream(Out, FileMode.Create);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop?.Token ?? default, TestContext.Current.CancellationToken);
        var converter = new DiskImageConverter(options ?? Options, TimeProvider.System);
        return await converter.ConvertAsync(
            new ConversionRequest(Path.IsPathRooted(source) ? source : _corpus[source], Type(target), disk),
            output,
            progress,
            both.Token
        );
    }

    // What a machine does with each type, in the words of its deployment: unpack to standard output.
    private async Task ShouldUnpackToAsync(string type, string disk)
    {
        var unpack = type switch
        {
            "ddraw" => "cat",
            "ddgz" => "zcat",
            "ddbz2" => "bzcat",
            "ddxz" => "xzcat",
            "ddtar" => "tar -xOf -",
            "ddtgz" => "tar -xOzf -",
            "ddtbz" => "tar -xOjf -",
            "ddtxz" => "tar -xOJf -",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        await Corpus.RunAsync("bash", "-o", "pipefail", "-c", $"{unpack} <'{Out}' | cmp - '{_corpus[disk]}'");
    }

    private void ShouldBeTidy() => (!Directory.Exists(Work) || !Directory.EnumerateFileSystemEntries(Work).Any()).ShouldBeTrue();

    [Theory]
    [InlineData("v2.qcow2", "ddraw")]
    [InlineData("v3.qcow2", "ddgz")]
    [InlineData("compressed.qcow2", "ddtgz")]
    [InlineData("zstd.qcow2", "ddgz")]
    [InlineData("extended.qcow2", "ddtar")]
    [InlineData("sparse.vmdk", "ddgz")]
    [InlineData("stream.vmdk", "ddxz")]
    [InlineData("fixed.vhd", "ddgz")]
    [InlineData("dynamic.vhd", "ddtgz")]
    [InlineData("dynamic.vhdx", "ddgz")]
    [InlineData("fixed.vhdx", "ddtxz")]
    [InlineData("dynamic.vdi", "ddbz2")]
    [InlineData("static.vdi", "ddtbz")]
    [InlineData("machine.ova", "ddgz")]
    [InlineData("v3.qcow2.gz", "ddgz")]
    [InlineData("v3.qcow2.tar", "ddraw")]
    public async Task A_virtual_disk_becomes_the_disk_it_was_made_from(string source, string target)
    {
        var outcome = await ConvertAsync(source, target);

        outcome.ShouldBeOfType<ConversionOutcome.Converted>().ContentSize.ShouldBe(20L << 20);
        await ShouldUnpackToAsync(target, "efi.raw");
        await using (var result = File.OpenRead(Out))
        {
            var found = await Identify.DiskImageInspector.IdentifyAsync(result, TestContext.Current.CancellationToken);
            (found.UploadType?.UploadName).ShouldBe(target);
        }

        ShouldBeTidy();
    }

    [Theory]
    [InlineData("efi.raw", "ddgz")]
    [InlineData("efi.ddgz", "ddraw")]
    [InlineData("efi.ddgz", "ddtgz")]
    [InlineData("efi.ddtgz", "ddgz")]
    [InlineData("efi.ddtbz", "ddxz")]
    [InlineData("streams.ddbz2", "ddgz")]
    [InlineData("streams.ddxz", "ddbz2")]
    [InlineData("efi.zst", "ddtxz")]
    [InlineData("efi.tar.zst", "ddgz")]
    [InlineData("pax.ddtar", "ddgz")]
    [InlineData("members.ddgz", "ddtar")]
    public async Task A_disk_is_packed_again_as_another_type_without_the_tool(string source, string target)
    {
        var outcome = await ConvertAsync(source, target, Options with { QemuImg = "/nonexistent/qemu-img" });

        outcome.ShouldBeOfType<ConversionOutcome.Converted>();
        await ShouldUnpackToAsync(target, "efi.raw");
        ShouldBeTidy();
    }

    [Theory]
    [InlineData("root.tbz", "tgz", "-z")]
    [InlineData("root.tar.zst", "tgz", "-z")]
    [InlineData("root.tar", "txz", "-J")]
    [InlineData("root.tgz", "tbz", "-j")]
    public async Task A_root_file_system_is_compressed_in_another_way(string source, string target, string option)
    {
        (await ConvertAsync(source, target)).ShouldBeOfType<ConversionOutcome.Converted>();

        (await Corpus.RunAsync("tar", "-tf", Out, option)).ShouldBe(await Corpus.RunAsync("tar", "-tf", _corpus["root.tar"]));
    }

    [Fact]
    public async Task The_disk_of_an_appliance_with_several_is_chosen_by_name()
    {
        var refused = (await ConvertAsync("two-disks.ova", "ddraw")).ShouldBeOfType<ConversionOutcome.NotConverted>();
        refused.Fault.Message.ShouldContain("stream.vmdk, dynamic.vhd");

        (await ConvertAsync("two-disks.ova", "ddraw", disk: "dynamic.vhd")).ShouldBeOfType<ConversionOutcome.Converted>();
        await ShouldUnpackToAsync("ddraw", "efi.raw");
    }

    [Theory]
    [InlineData("ddgz")]
    [InlineData("ddtgz")]
    [InlineData("ddbz2")]
    [InlineData("ddxz")]
    public async Task The_result_is_the_same_each_time_and_on_any_number_of_processors(string target)
    {
        var results = new List<string>();
        foreach (var workers in new[] { 1, 2, 5 })
        {
            (await ConvertAsync("efi.raw", target, Options with { Workers = workers })).ShouldBeOfType<ConversionOutcome.Converted>();
            await using var result = File.OpenRead(Out);
            results.Add(Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(result, TestContext.Current.CancellationToken)));
        }

        results.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("passwd.qcow2", FaultCodes.BackingFile)]
    [InlineData("backing.qcow2", FaultCodes.BackingFile)]
    [InlineData("json.qcow2", FaultCodes.BackingFile)]
    [InlineData("passwd.qcow2.gz", FaultCodes.BackingFile)]
    [InlineData("passwd.qcow2.tar", FaultCodes.BackingFile)]
    [InlineData("data-file.qcow2", FaultCodes.ExternalData)]
    [InlineData("raw-data-file.qcow2", FaultCodes.ExternalData)]
    [InlineData("luks.qcow2", FaultCodes.Encrypted)]
    [InlineData("passwd.vmdk", FaultCodes.ExternalData)]
    [InlineData("hidden.vmdk", FaultCodes.ExternalData)]
    [InlineData("embedded.vmdk", FaultCodes.ExternalData)]
    [InlineData("two-extents.vmdk", FaultCodes.ExternalData)]
    [InlineData("backing.vmdk", FaultCodes.BackingFile)]
    [InlineData("parent.vdi", FaultCodes.BackingFile)]
    [InlineData("qcow2-mbr.img", FaultCodes.Ambiguous)]
    [InlineData("qcow2-vhd.img", FaultCodes.Ambiguous)]
    [InlineData("qcow2-iso.img", FaultCodes.Ambiguous)]
    [InlineData("vmdk-iso.img", FaultCodes.Ambiguous)]
    [InlineData("nested.qcow2", FaultCodes.Ambiguous)]
    [InlineData("nested.vmdk", FaultCodes.Ambiguous)]
    [InlineData("cut.qcow2", FaultCodes.Truncated)]
    [InlineData("huge-l1.qcow2", FaultCodes.Damaged)]
    [InlineData("bare-inside.qcow2", FaultCodes.NotConvertible)]
    [InlineData("image.iso", FaultCodes.NotConvertible)]
    [InlineData("root.tgz", FaultCodes.NotConvertible)]
    [InlineData("efi.ddgz", FaultCodes.NotConvertible)]
    [InlineData("noise", FaultCodes.NotConvertible)]
    public async Task What_is_refused_never_reaches_the_tool(string source, string code)
    {
        var (tool, mark) = await TellTaleToolAsync();

        var outcome = await ConvertAsync(source, "ddgz", Options with { QemuImg = tool });

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(code);
        File.Exists(mark).ShouldBeFalse("the tool was started");
        new FileInfo(Out).Length.ShouldBe(0);
        ShouldBeTidy();
    }

    [Fact]
    public async Task The_tool_runs_with_an_explicit_format_under_limits_and_without_our_environment()
    {
        var (tool, mark) = await TellTaleToolAsync();
        Environment.SetEnvironmentVariable("BOOTDEPOT_TEST_SECRET", "secret");

        var outcome = await ConvertAsync("dynamic.vhd", "ddgz", Options with { QemuImg = tool });

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(FaultCodes.ConversionFailed);
        var seen = await File.ReadAllTextAsync(mark, TestContext.Current.CancellationToken);
        seen.ShouldContain("convert -p --image-opts -O raw driver=vpc,force_size_calc=current_size,file.driver=file,file.filename=source disk.raw");
        seen.ShouldContain($"address space {(2L << 30) / 1024}");
        seen.ShouldNotContain("BOOTDEPOT_TEST_SECRET");
        seen.ShouldNotContain("HOME=");
    }

    // A tool that leaves a mark with what it was given, and fails.
    private async Task<(string Tool, string Mark)> TellTaleToolAsync()
    {
        var (tool, mark) = (Path.Combine(_folder, "tool"), Path.Combine(_folder, "mark"));
        await File.WriteAllTextAsync(
            tool,
            $"#!/bin/bash\n{{ echo \"$*\"; /usr/bin/env; echo \"address space $(ulimit -v)\"; }} >'{mark}'\necho no >&2\nexit 1\n",
            TestContext.Current.CancellationToken
        );
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return (tool, mark);
    }

    private async Task<string> ScriptAsync(string script)
    {
        var tool = Path.Combine(_folder, "tool");
        await File.WriteAllTextAsync(tool, $"#!/bin/bash\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return tool;
    }

    [Fact]
    public async Task A_missing_tool_is_named_with_its_package()
    {
        var options = Options with { QemuImg = "/nonexistent/qemu-img" };

        var fault = (await ConvertAsync("v3.qcow2", "ddgz", options)).ShouldBeOfType<ConversionOutcome.NotConverted>().Fault;

        fault.Code.ShouldBe(FaultCodes.ToolMissing);
        fault.Message.ShouldContain("apt-get install qemu-utils");
        new DiskImageConverter(options, TimeProvider.System).ToolMissingOrNull().ShouldBe(fault);
        new DiskImageConverter(Options, TimeProvider.System).ToolMissingOrNull().ShouldBeNull();
    }

    [Fact]
    public async Task A_cancelled_conversion_leaves_no_process_and_no_file()
    {
        var pidFile = Path.Combine(_folder, "pid");
        var tool = await ScriptAsync($"echo $$ >'{pidFile}.new'; mv '{pidFile}.new' '{pidFile}'; echo '    (10.00/100%)'; exec sleep 600");
        using var stop = new CancellationTokenSource();
        var progress = new Collected(p =>
        {
            if (p is { Stage: ConversionStage.Converting, Fraction: 0.1 })
                stop.Cancel();
        });

        await Should.ThrowAsync<OperationCanceledException>(() =>
            ConvertAsync("v3.qcow2", "ddgz", Options with { QemuImg = tool }, progress: progress, stop: stop)
        );

        Directory.Exists($"/proc/{(await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Trim()}").ShouldBeFalse();
        ShouldBeTidy();
    }

    [Fact]
    public async Task A_tool_that_takes_too_long_is_stopped()
    {
        var options = Options with { QemuImg = await ScriptAsync("exec sleep 600"), MaxTime = TimeSpan.FromMilliseconds(300) };

        var outcome = await ConvertAsync("v3.qcow2", "ddgz", options);

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(FaultCodes.TimedOut);
        ShouldBeTidy();
    }

    [Fact]
    public async Task A_tool_that_uses_too_much_processor_time_is_stopped()
    {
        var options = Options with { QemuImg = await ScriptAsync("while :; do :; done"), MaxProcessorTime = TimeSpan.FromSeconds(1) };

        var outcome = await ConvertAsync("v3.qcow2", "ddgz", options);

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(FaultCodes.TimedOut);
    }

    [Fact]
    public async Task A_tool_that_writes_more_than_the_disk_is_stopped()
    {
        var options = Options with { QemuImg = await ScriptAsync("exec /usr/bin/head -c 100M /dev/zero >disk.raw") };

        var outcome = await ConvertAsync("v3.qcow2", "ddgz", options);

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(FaultCodes.TooLarge);
        ShouldBeTidy();
    }

    [Fact]
    public async Task A_disk_beyond_the_limit_is_refused_before_anything_is_written()
    {
        var (tool, mark) = await TellTaleToolAsync();

        var outcome = await ConvertAsync("v3.qcow2", "ddgz", Options with { QemuImg = tool, MaxDiskSize = 10 << 20 });

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(FaultCodes.TooLarge);
        File.Exists(mark).ShouldBeFalse();
        (await ConvertAsync("efi.ddgz", "ddraw", Options with { MaxDiskSize = 10 << 20 }))
            .ShouldBeOfType<ConversionOutcome.NotConverted>()
            .Fault.Code.ShouldBe(FaultCodes.TooLarge);
    }

    [Theory]
    [InlineData("half.ddgz", "ddraw")]
    [InlineData("half.ddxz", "ddraw")]
    [InlineData("half.ddbz2", "ddraw")]
    public async Task A_source_that_ends_early_is_found_out_at_the_latest_when_it_is_unpacked(string source, string target)
    {
        var outcome = await ConvertAsync(source, target);

        outcome.ShouldBeOfType<ConversionOutcome.NotConverted>().Fault.Code.ShouldBe(FaultCodes.Truncated);
    }

    [Fact]
    public async Task Progress_is_told_stage_by_stage()
    {
        var seen = new ConcurrentQueue<ConversionProgress>();

        await ConvertAsync("v3.qcow2.gz", "ddgz", progress: new Collected(seen.Enqueue));

        seen.Select(p => p.Stage).Distinct().ShouldBe([ConversionStage.Unpacking, ConversionStage.Converting, ConversionStage.Packing]);
        seen.ShouldAllBe(p => p.Fraction >= 0 && p.Fraction <= 1);
        seen.Last().Fraction.ShouldBe(1);
        seen.Last().BytesWritten.ShouldBe(new FileInfo(Out).Length);
    }

    [Fact]
    public void A_result_is_named_by_source_target_and_version()
    {
        var source = Digest.Parse(new string('a', 64));
        var key = new ConversionKey(source, Type("ddgz"));

        key.ToString().ShouldBe($"conversion/1/{source}/ddgz");
        key.ToDigest().ShouldNotBe(new ConversionKey(source, Type("ddtgz")).ToDigest());
        key.ToDigest().ShouldNotBe(new ConversionKey(source, Type("ddgz"), "disk2.vmdk").ToDigest());
        key.ToDigest().ShouldBe(new ConversionKey(source, Type("ddgz")).ToDigest());
    }

    private sealed class Collected(Action<ConversionProgress> action) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => action(value);
    }
}
