using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using BootDepot.Rack.Hosting;
using BootDepot.Testing;
using BootDepot.Transfers;
using Microsoft.Extensions.Logging;

// Arguments: data directory, addresses of the region (with commas), token (or "-"). Prints the URL; on each line that it reads, bytes fetched so far; ends with its input.
var options = new RackOptions
{
    DataDirectory = args[0],
    Regions = [.. args[1].Split(',').Select(a => new Uri(a))],
    Token = args[2] == "-" ? null : args[2],
    Http = "http://127.0.0.1:0",
    Logging = logging => logging.AddProvider(new SecretWatch(Environment.FailFast)),
    Grace = TimeSpan.FromSeconds(30),
    Transfers = new TransferSettings { Parallel = 8, Attempts = 50, FirstDelay = TimeSpan.FromMilliseconds(50), LongestDelay = TimeSpan.FromMilliseconds(500) },
};
SecretWatch.Know("the token", args[2].Split('.')[0]);
await using var host = await RackHost.StartAsync(options, CancellationToken.None);
Console.WriteLine(host.Url);
await Console.Out.FlushAsync();
while (await Console.In.ReadLineAsync() is not null)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{host.BytesFetched} {PeakResident()}"));
    await Console.Out.FlushAsync();
}

static long PeakResident()
{
    foreach (var line in File.ReadLines("/proc/self/status"))
    {
        if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            return long.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }

    return 0;
}
