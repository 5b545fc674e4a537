using System;
using System.CommandLine;
using System.IO;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Cli.Server.Configuration;
using BootDepot.Region;
using BootDepot.Transfers.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Cli.Admin;

/// <summary><c>bootdepot admin check</c>: reads the configuration and tries what it names, without changing anything that is there.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandHost host)
    {
        var region = new RegionPlace();
        var command = new Command("check", "Check the configuration, and try the database, the blob store and the boot sources.") { region.Data, region.Config };
        command.SetAction((p, cancel) => RunAsync(host, region.Read(host, p), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(CommandHost host, RegionConfiguration region, CancellationToken cancel)
    {
        var failures = 0;
        async Task TryAsync(string what, Func<Task<string>> attempt)
        {
            try
            {
                host.WriteOut($"ok      {what}: {await attempt()}\n");
            }
            catch (BlobsUnreachableException e)
            {
                failures++;
                host.WriteOut($"FAILED  {what}: {e.Message} [{e.Code}]\n");
                if (e.Code == BlobsUnreachableException.Refused)
                    host.WriteOut("        The server answers, and does not accept this: check the credentials, their rights, the bucket's name, and this machine's clock.\n");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CatalogException or HttpRequestException or DllNotFoundException)
            {
                failures++;
                host.WriteOut($"FAILED  {what}: {e.Message}\n");
            }
        }

        var data = new DataFolder(region.Data);
        await TryAsync("data directory", () => Task.FromResult(Write(region.Data)));
        using var catalog = new CatalogDatabase(region.Catalog);
        var isCurrent = false;
        await TryAsync("catalogue", async () =>
        {
            (isCurrent, var told) = await ReadAsync(catalog, region.Catalog, cancel);
            return told;
        });
        await TryAsync("blob store", () => StoreAsync(region, data, host.Time, cancel));
        if (failures == 0 && isCurrent)
            await TrySourcesAsync(catalog, region, TryAsync, cancel);
        return failures == 0 ? 0 : 1;
    }

    private static string Write(string folder)
    {
        if (!Directory.Exists(folder))
            return $"{folder} is not there yet; the first start makes it";
        var file = Path.Combine(folder, $".check-{Guid.NewGuid():N}");
        File.WriteAllText(file, "");
        File.Delete(file);
        return $"{folder} can be written";
    }

    private static async Task<(bool IsCurrent, string Told)> ReadAsync(CatalogDatabase catalog, CatalogOptions options, CancellationToken cancel)
    {
        if (options.SqliteFile is { } file && !File.Exists(file))
            return (false, $"{file} is not there yet; the first start makes it");
        return await catalog.ProbeAsync(cancel)
            ? (true, $"{options.Place} answers and is up to date")
            : (false, $"{options.Place} answers; the next start of a region brings its schema up to date");
    }

    private static async Task<string> StoreAsync(RegionConfiguration region, DataFolder data, TimeProvider time, CancellationToken cancel)
    {
        if (region.Blobs is Region.Hosting.BlobStorage.InFiles && !Directory.Exists(data.Root))
            return "the data directory is not there yet";
        var store = region.Blobs.Open(data, region.Catalog, time);
        await using var closing = store as IAsyncDisposable;
        var name = PartialName.Parse($"check-{Guid.NewGuid():N}");
        await using (var writer = await store.WriteAsync(name, 1, cancel))
        {
            await writer.AppendAsync(new byte[1], cancel);
            await writer.FlushAsync(cancel);
        }

        await store.DiscardPartialAsync(name, cancel);
        return $"{region.Blobs} can be written";
    }

    private static async Task TrySourcesAsync(
        CatalogDatabase catalog, RegionConfiguration region, Func<string, Func<Task<string>>, Task> tryAsync, CancellationToken cancel)
    {
        await using var context = await catalog.CreateDbContextAsync(cancel);
        using var http = new HttpSender(
            new HttpSettings { CaFiles = region.Imports.CertificateFiles, NoProxy = region.Imports.NoProxy }, TimeProvider.System);
        foreach (var source in await context.BootSources.AsNoTracking().ToListAsync(cancel))
            await tryAsync($"boot source {source.Name}", () => FetchAsync(http, source.Url, cancel));
    }

    private static async Task<string> FetchAsync(HttpSender http, string url, CancellationToken cancel)
    {
        var index = url.TrimEnd('/') + (url.EndsWith("json", StringComparison.Ordinal) ? "" : "/streams/v1/index.sjson");
        using var request = new HttpRequestMessage(HttpMethod.Head, index);
        var (answer, fault) = await http.ExchangeAsync(request, limit: 1024, TimeSpan.FromSeconds(15), cancel);
        if (fault is not null)
            throw new IOException(fault.Message);
        return (int)answer!.Status < 400 ? $"{index} answers" : throw new IOException($"{index} answers {(int)answer.Status}");
    }
}
