using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>
/// Clients that others wrote, each with every block size and window that it can ask for, through every weather. tftp-hpa asks for
/// no options at all, curl for no windows.
/// </summary>
public sealed class OtherClientsMatrixTests
{
    private const int AtOnce = 24; // they mostly wait for what was lost
    private const int Tries = 8;

    private static readonly int[] Blocks = [512, 1024, 1408, 1468, 8192, 65464];

    [Fact]
    public Task Tftp_hpa_gets_every_file_bit_for_bit() => EachAsync(
        from weather in MatrixTests.Weathers
        select new Case("tftp", "-m binary 127.0.0.1 PORT -c get FILE got", 512, 1, weather));

    [Fact]
    public Task Curl_gets_every_file_bit_for_bit() => EachAsync(
        from block in Blocks
        from weather in MatrixTests.Weathers
        select new Case("curl", $"-sS --connect-timeout 5 --tftp-blksize {block} tftp://127.0.0.1:PORT/FILE -o got", block, 1, weather));

    [Fact]
    public Task Atftp_gets_every_file_bit_for_bit() => EachAsync(
        from block in Blocks
        from window in MatrixTests.Windows
        from weather in MatrixTests.Weathers
        select new Case(
            "atftp",
            $"-g -r FILE -l got --tftp-timeout 1 --option \"blksize {block}\"{(window > 1 ? $" --option \"windowsize {window}\"" : "")} 127.0.0.1 PORT",
            block,
            window,
            weather));

    private static async Task EachAsync(IEnumerable<Case> cases)
    {
        // Longer than the clients' own second, as the server's usual seven are longer than their usual five.
        await using var server = new TestServer(TestServer.Quick with { LongestRetransmit = TimeSpan.FromSeconds(1.5), GiveUpAfter = TimeSpan.FromSeconds(6) });
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            cases.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (n, _) =>
            {
                if (await n.Item.FaultOrNullAsync(server, seed: n.Index * Tries) is { } fault)
                    faults.Enqueue(fault);
            });
        faults.ShouldBeEmpty();
    }

    private sealed record Case(string Program, string Arguments, int Block, int Window, Weather Weather)
    {
        public async Task<string?> FaultOrNullAsync(TestServer server, int seed)
        {
            for (var tried = 0; tried < Tries; tried++)
            {
                var name = $"f{seed + tried}";
                var blocks = Math.Max(20, 2 * Math.Min(Window, server.Options.MaxWindowBytes / Block));
                var file = server.Files[name] = TestServer.Bytes((Block * blocks) + (seed % Block), seed);
                using var folder = new TempFolder();
                using var relay = new LossyRelay(server.Address, Weather, seed + tried);
                var (exit, said) = await RunAsync(folder.Path, name, relay.LocalEndPoint.Port);
                server.Files.TryRemove(name, out _);
                if (exit == 0 && (await File.ReadAllBytesAsync(folder["got"])).AsSpan().SequenceEqual(file))
                    return null;
                if (!IsItsOwnFault(relay, said))
                    return $"{this}: ended with {exit}{(exit == 0 ? " and another file" : "")}\n{said}";
            }

            return $"{this}: gave up {Tries} times";
        }

        /// <summary>
        /// What these clients do with every server, tftpd-hpa and atftpd too, when an acknowledgement of options (OACK) comes twice, be
        /// it a copy that the network made or one that was sent again because its answer was lost. atftp gives up and says so; curl
        /// begins to count anew when it comes after data. Nobody can help them then, but with other luck it goes well.
        /// </summary>
        private bool IsItsOwnFault(LossyRelay relay, string said) => Program switch
        {
            "atftp" => relay.Agreements > 1 && said.Contains("unexpected OACK", StringComparison.Ordinal),
            "curl" => relay.HasLateAgreement,
            _ => false,
        };

        private async Task<(int Exit, string Said)> RunAsync(string folder, string name, int port)
        {
            var arguments = Arguments.Replace("FILE", name, StringComparison.Ordinal).Replace("PORT", $"{port}", StringComparison.Ordinal);
            using var program = Process.Start(new ProcessStartInfo(Program, arguments)
            {
                UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            var output = program.StandardOutput.ReadToEndAsync();
            var errors = program.StandardError.ReadToEndAsync();
            try
            {
                await program.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                program.Kill();
                await program.WaitForExitAsync(CancellationToken.None);
            }

            return (program.ExitCode, await output + await errors);
        }
    }
}
