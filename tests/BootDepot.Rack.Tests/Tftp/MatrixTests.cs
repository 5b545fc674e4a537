using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;

namespace BootDepot.Rack.Tests.Tftp;

/// <summary>Every block size and window through every weather, bit for bit.</summary>
public sealed class MatrixTests
{
    public static readonly int[] Windows = [1, 4, 16, 64];
    public static readonly Weather[] Weathers =
        [.. from loss in new[] { 0, 1, 5 } from twice in new[] { 0, 10 } from later in new[] { 0, 10 } select new Weather(loss, twice, later)];

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(1408)]
    [InlineData(1468)]
    [InlineData(8192)]
    [InlineData(65464)]
    public async Task Every_window_in_every_weather_is_bit_exact(int block)
    {
        await using var server = new TestServer(TestServer.Quick with { MaxWindowBytes = 4 << 20 });
        var cases = Windows.SelectMany(w => Weathers.Select(e => (Window: w, Weather: e))).ToList();
        await Threads.RunAsync(8, cases.Count, n => Transfer(server, block, cases[n].Window, cases[n].Weather, (block * 1000) + n));
    }

    private static void Transfer(TestServer server, int block, int window, Weather weather, int seed)
    {
        var blocks = Math.Max(30, window * (block > 8192 ? 1 : 2));
        var file = TestServer.Bytes((block * blocks) + (seed % block), seed);
        var name = $"f{seed}";
        server.Files[name] = file;
        using var relay = new LossyRelay(server.Address, weather, seed);
        var client = new TftpClient(relay.LocalEndPoint) { Lingers = weather.Loss > 0 };
        var options = new List<(string, string)> { ("blksize", block.ToString(CultureInfo.InvariantCulture)), ("tsize", "0") };
        if (window > 1)
            options.Add(("windowsize", window.ToString(CultureInfo.InvariantCulture)));
        var got = client.Get(name, [.. options]);
        got.AsSpan().SequenceEqual(file).ShouldBeTrue($"block {block}, window {window}, {weather}, seed {seed}");
        client.Agreed["tsize"].ShouldBe(file.Length.ToString(CultureInfo.InvariantCulture));
        client.Agreed["blksize"].ShouldBe(block.ToString(CultureInfo.InvariantCulture));
        if (window > 1)
            client.Agreed["windowsize"].ShouldBe(window.ToString(CultureInfo.InvariantCulture));
        server.Files.TryRemove(name, out _);
    }
}
