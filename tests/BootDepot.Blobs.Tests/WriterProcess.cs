using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Blobs.Postgres;

namespace BootDepot.Blobs.Tests;

/// <summary>Another process that writes a partial: it appends pieces for ever and says after each how far it is.</summary>
internal sealed class WriterProcess : IDisposable
{
    public const string Verb = "write-blob";

    private readonly Process _process;

    private WriterProcess(Process process) => _process = process;

    /// <summary>Starts one on a store that is named by <paramref name="backend"/> and <paramref name="place"/>.</summary>
    public static WriterProcess Start(string backend, string place, PartialName name, int seed, int pieceSize, long size)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { Verb, backend, place, name.ToString(), Text(seed), Text(pieceSize), Text(size) })
            start.ArgumentList.Add(argument);
        return new WriterProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the process says that it holds at least so many bytes; -1 when it ended.</summary>
    public async Task<long> WaitForAsync(long offset, CancellationToken cancel)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (line == "busy")
                return -1;
            var at = long.Parse(line, CultureInfo.InvariantCulture);
            if (at >= offset)
                return at;
        }

        return -1;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancel);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>What the process does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var store = OpenStore(args[1], args[2]);
        var (seed, pieceSize, size) = (Number(args[4]), Number(args[5]), long.Parse(args[6], CultureInfo.InvariantCulture));
        try
        {
            await using var writer = await store.WriteAsync(PartialName.Parse(args[3]), size, CancellationToken.None);
            await Console.Out.WriteLineAsync(Text(writer.Offset));
            using var piece = BlobPieces.Rent();
            while (writer.Offset < size)
            {
                var bytes = piece.Memory[..(int)Math.Min(pieceSize, size - writer.Offset)];
                SampleBytes.Fill(bytes.Span, seed, writer.Offset);
                await writer.AppendAsync(bytes, CancellationToken.None);
                await writer.FlushAsync(CancellationToken.None);
                await Console.Out.WriteLineAsync(Text(writer.Offset));
            }

            await Task.Delay(Timeout.Infinite);
        }
        catch (PartialBusyException)
        {
            await Console.Out.WriteLineAsync("busy");
        }

        return 0;
    }

    private static IBlobStore OpenStore(string backend, string place) => backend switch
    {
        "files" => new FileBlobStore(place, TimeProvider.System),
        "postgres" => new PostgresBlobStore(place, TimeProvider.System),
        "s3" => S3Place.Parse(place).Open(),
        _ => throw new InvalidDataException($"There is no backend '{backend}'."),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
