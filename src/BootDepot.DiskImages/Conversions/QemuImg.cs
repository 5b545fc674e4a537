using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Conversions;

/// <summary>
/// Runs qemu-img on a file that was inspected before. It is told the format and the protocol, so that it guesses neither;
/// it runs without a shell and without our environment, under limits that prlimit sets before it starts.
/// </summary>
internal sealed class QemuImg(ConversionOptions options, TimeProvider time)
{
    private const int ErrorLength = 2000;
    private const int SignalCpu = 128 + 24; // SIGXCPU
    private const int SignalFileSize = 128 + 25; // SIGXFSZ

    // What the result may be longer than the disk, for rounding up to a sector, and a little more for the tool's own use.
    private const long Slack = 1 << 20;

    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>Why the tool cannot be used here, or null.</summary>
    public Fault? MissingOrNull() =>
        PathOrNull(options.QemuImg, "qemu-img") is null ? Missing("qemu-img", "qemu-utils")
        : PathOrNull(null, "prlimit") is null ? Missing("prlimit", "util-linux")
        : null;

    /// <summary>Writes the disk in <c>source</c> of that folder to <c>disk.raw</c> beside it; a fault when it did not work.</summary>
    public async Task<Fault?> ToRawAsync(
        string folder,
        VirtualDiskFound disk,
        Action<double> progress,
        CancellationToken token
    )
    {
        using var limit = new CancellationTokenSource(options.MaxTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        using var process = new Process { StartInfo = StartInfo(folder, disk) };
        process.Start();
        try
        {
            process.StandardInput.Close();
            var errors = ReadErrorsAsync(process.StandardError, both.Token);
            await ReadProgressAsync(process.StandardOutput, progress, both.Token);
            var message = await errors;
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0 ? null : FaultOf(process.ExitCode, message, disk);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !token.IsCancellationRequested)
        {
            return TimedOut($"{options.MaxTime.TotalMinutes:0} minutes");
        }
        finally
        {
            await EndAsync(process);
        }
    }

    private ProcessStartInfo StartInfo(string folder, VirtualDiskFound disk)
    {
        var start = new ProcessStartInfo(PathOrNull(null, "prlimit")!)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments(disk))
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private IEnumerable<string> Arguments(VirtualDiskFound disk)
    {
        static string Number(long n) => n.ToString(CultureInfo.InvariantCulture);
        yield return $"--as={Number(options.MaxAddressSpace)}";
        var seconds = Math.Max(1, (long)options.MaxProcessorTime.TotalSeconds);
        // A signal that tells the reason comes first; the one that cannot be held off some seconds later.
        yield return $"--cpu={Number(seconds)}:{Number(seconds + 5)}";
        yield return $"--fsize={Number(disk.VirtualSize + Slack)}";
        yield return "--core=0";
        yield return "--";
        yield return PathOrNull(options.QemuImg, "qemu-img")!;
        yield return "convert";
        yield return "-p";
        yield return "--image-opts";
        yield return "-O";
        yield return "raw";
        // The names have no character that the option syntax knows.
        yield return $"driver={Driver(disk.Format)},file.driver=file,file.filename=source";
        yield return "disk.raw";
    }

    // For VHD the size in the footer counts, as Hyper-V has it, and not the geometry beside it, whatever made the file.
    private static string Driver(VirtualDiskFormat format) =>
        format switch
        {
            VirtualDiskFormat.Qcow2 => "qcow2",
            VirtualDiskFormat.Vmdk => "vmdk",
            VirtualDiskFormat.Vhd => "vpc,force_size_calc=current_size",
            VirtualDiskFormat.Vhdx => "vhdx",
            VirtualDiskFormat.Vdi => "vdi",
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };

    // Lines such as "    (12.34/100%)\r".
    private static async Task ReadProgressAsync(StreamReader output, Action<double> progress, CancellationToken token)
    {
        var buffer = new char[256];
        var line = new StringBuilder();
        while (await output.ReadAsync(buffer, token) is > 0 and var got)
        {
            foreach (var c in buffer.AsSpan(0, got))
            {
                if (c == '(')
                    line.Clear();
                else if (c == '/' && double.TryParse(line.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
                    progress(Math.Clamp(percent / 100, 0, 1));
                else if (line.Length < 32)
                    line.Append(c);
            }
        }
    }

    private static async Task<string> ReadErrorsAsync(StreamReader errors, CancellationToken token)
    {
        var buffer = new char[512];
        var text = new StringBuilder();
        while (await errors.ReadAsync(buffer, token) is > 0 and var got)
        {
            if (text.Length < ErrorLength)
                text.Append(buffer, 0, got);
        }

        return string.Concat(text.ToString().Trim().Select(c => char.IsControl(c) ? ' ' : c));
    }

    private Fault FaultOf(int exitCode, string message, VirtualDiskFound disk) =>
        exitCode == SignalCpu ? TimedOut($"{options.MaxProcessorTime.TotalMinutes:0} minutes of processor time")
        : exitCode == SignalFileSize || message.Contains("File too large", StringComparison.Ordinal)
            ? new Fault(FaultCodes.TooLarge, $"The conversion wrote more than the {disk.VirtualSize} bytes that the image declares; it was stopped.")
        : message.Contains("No space left", StringComparison.Ordinal)
            ? new Fault(FaultCodes.NoSpace, $"There is not enough space for the disk in {options.WorkFolder}. Free some, or choose another work folder.")
        : new Fault(FaultCodes.ConversionFailed, $"qemu-img could not convert the image (exit code {exitCode}): {message}");

    private static Fault TimedOut(string used) =>
        new(FaultCodes.TimedOut, $"The conversion was stopped after {used}. Convert the image by hand, or raise the limit.");

    private static Fault Missing(string tool, string package) =>
        new(
            FaultCodes.ToolMissing,
            $"Virtual disks are converted with {tool}, which is not installed. On Debian and Ubuntu: apt-get install {package}. Types that machines can be given as they are work without it."
        );

    private static string? PathOrNull(string? given, string name) =>
        given is not null
            ? File.Exists(given) ? Path.GetFullPath(given) : null
            : Folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);

    // prlimit became the tool itself, so that there is one process and no child of it.
    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            try
            {
                process.Kill();
            }
            catch (InvalidOperationException)
            {
                // it ended by itself meanwhile
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
    }
}
