using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Transfers.Http;
using BootDepot.Transfers.Payloads;

namespace BootDepot.Transfers.Tests;

/// <summary>A process that fetches one blob, to be killed while it does.</summary>
internal static class FetchProcess
{
    public const string Verb = "fetch-blob";

    public static Process Start(string root, Uri url, Digest digest, long size)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in new[] { Verb, root, url.AbsoluteUri, digest.Hex, size.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        using var http = new HttpSender(new HttpSettings(), TimeProvider.System);
        using var pool = new TransferPool(http, new FileBlobStore(args[1], TimeProvider.System), new TransferSettings());
        var request = new BlobRequest(Digest.Parse(args[3]), long.Parse(args[4], CultureInfo.InvariantCulture), [new Uri(args[2])], "one");
        return await pool.FetchAsync(request, CancellationToken.None) is BlobOutcome.Stored ? 0 : 1;
    }
}
