using System;
using System.Globalization;
using System.Text.Json;
using System.Threading;
using BootDepot.Blobs.S3;
using BootDepot.Catalog;
using BootDepot.Region.Hosting;
using BootDepot.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

// Arguments: data directory; port (0 or none: a free one); and for one of several regions a PostgreSQL connection and a bucket. Prints the URL, and on the first start
// the administrator's key; runs until it is told to end. BOOTDEPOT_REGION_GRACE_SECONDS: a grace period that a test can wait for.
var options = new RegionOptions { DataDirectory = args[0], Url = $"http://127.0.0.1:{(args.Length > 1 ? args[1] : "0")}", DefaultSource = null };
// Standard output is for the URL.
options = options with
{
    Logging = logging => logging.AddSimpleConsole().AddFilter<ConsoleLoggerProvider>(null, LogLevel.Error).AddProvider(new SecretWatch(Environment.FailFast))
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace),
};
if (int.TryParse(Environment.GetEnvironmentVariable("BOOTDEPOT_REGION_GRACE_SECONDS"), CultureInfo.InvariantCulture, out var grace))
    options = options with { Imports = options.Imports with { Grace = TimeSpan.FromSeconds(grace) } };
if (args.Length > 2)
    options = options with { Catalog = CatalogOptions.Postgres(args[2]), Blobs = new BlobStorage.InS3(JsonSerializer.Deserialize<S3Options>(args[3])!) };
await using var host = await RegionHost.StartAsync(options, CancellationToken.None);
SecretWatch.Know("the first key", host.FirstKey?.Secret);
Console.WriteLine(host.FirstKey is { } key
    ? $"{host.Url} {key.ConsumerKey}:{key.TokenKey}:{key.Secret}"
    : $"{host.Url}");
await Console.Out.FlushAsync();
await host.WaitForShutdownAsync(CancellationToken.None);
