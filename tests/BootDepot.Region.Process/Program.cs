using System;
using System.Threading;
using BootDepot.Region.Hosting;

// Arguments: data directory. Prints the URL, and on the first start the administrator's key; runs until it is told to end.
var options = new RegionOptions { DataDirectory = args[0], Url = "http://127.0.0.1:0", DefaultSource = null };
await using var host = await RegionHost.StartAsync(options, CancellationToken.None);
Console.WriteLine(host.FirstKey is { } key
    ? $"{host.Url} {key.ConsumerKey}:{key.TokenKey}:{key.Secret}"
    : $"{host.Url}");
await Console.Out.FlushAsync();
await host.WaitForShutdownAsync(CancellationToken.None);
