using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.TftpBench;
using Microsoft.Extensions.Logging.Abstractions;

// serve DIR PORT [plain]                          BootDepot's server on loopback; "plain" without UDP segmentation
// load PORT FILE BLOCK WINDOW ATONCE [CHECK]      reads FILE ATONCE times at once; prints seconds. CHECK: compares with that file
return args switch
{
    ["serve", var dir, var port, .. var rest] => await ServeAsync(dir, Number(port), rest is not ["plain"]),
    ["load", var port, var file, var block, var window, var atOnce, .. var check] =>
        Load.Run(Number(port), file, Number(block), Number(window), Number(atOnce), check.Length == 0 ? null : File.ReadAllBytes(check[0])),
    _ => throw new ArgumentException("serve DIR PORT | load PORT FILE BLOCK WINDOW ATONCE [CHECK]"),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static async Task<int> ServeAsync(string dir, int port, bool segmentation)
{
    var options = new TftpOptions { Listen = [new(IPAddress.Loopback, port)], Segmentation = segmentation };
    await using var server = new TftpServer(options, Open, TimeProvider.System, NullLogger.Instance);
    if (server.Start() is [var fault, ..])
        throw new IOException(fault.Message);
    Console.WriteLine($"listening on {server.LocalEndPoint}");
    await Task.Delay(Timeout.Infinite);
    return 0;

    ValueTask<TftpReply> Open(TftpRequest request, CancellationToken cancel)
    {
        var path = Path.Combine(dir, Path.GetFileName(request.FileName));
        if (!File.Exists(path))
            return ValueTask.FromResult(TftpReply.Refuse(TftpErrorCode.FileNotFound, "There is no such file"));
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return ValueTask.FromResult(TftpReply.File(file, file.Length));
    }
}
