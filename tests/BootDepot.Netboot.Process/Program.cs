// Reads a ServerPlan (JSON, one line) from standard input, serves, says "ready", writes each boot record as a line, and ends when
// standard input does.
using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using BootDepot.Blobs.Files;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Netboot.Process;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Tests.Netboot.Rig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

var plan = JsonSerializer.Deserialize<ServerPlan>(Console.In.ReadLine()!)!;
var store = new FileBlobStore(Path.Combine(plan.Data, "blobs"), TimeProvider.System);
var held = new HeldImages();
var images = new RigImages(store, held, plan.Data);
foreach (var image in plan.Images)
    await images.AddImageAsync(image.Os, image.Release, image.Version, [.. image.Files.Select(f => (f[0], f[1], (object)f[2]))]);
foreach (var set in plan.Loaders)
    await images.AddLoadersAsync(set.Type, set.Arch, "1", ("all", set.Folder));
var assignments = new BootAssignments();
if (plan.Assignment is { } wanted)
{
    assignments.Replace(
    [
        new BootAssignment
        {
            Machine = wanted.Machine is null ? null : MacAddress.Parse(wanted.Machine),
            Mode = Enum.Parse<BootMode>(wanted.Mode),
            Image = wanted.Image.Length == 0 ? null : ImageName.Parse(wanted.Image),
            KernelParameters = wanted.Parameters,
        },
    ]);
}

var output = TextWriter.Synchronized(Console.Out);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseKestrel().UseUrls($"http://{plan.Address}:5248");
await using var web = builder.Build();
using var netboot = new NetbootServices(
    new NetbootOptions
    {
        Advertise = new Uri($"http://{plan.Address}:5248/"),
        DataFolder = Path.Combine(plan.Data, "netboot"),
        InstallerFolder = plan.Installer,
        MenuTime = TimeSpan.FromSeconds(plan.MenuSeconds),
        KernelParameters = "console=ttyS0",
    },
    held,
    assignments,
    new RackContent(store),
    record => output.WriteLine("record " + JsonSerializer.Serialize(record)),
    TimeProvider.System,
    web.Services.GetRequiredService<ILoggerFactory>());
web.Use(async (http, next) =>
{
    await next(http);
    await output.WriteLineAsync($"http {http.Request.Method} {http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {http.Response.StatusCode}");
});
web.UseNetboot(netboot);
await web.StartAsync();
await using var tftp = new TftpServer(
    new TftpOptions { Listen = [new IPEndPoint(IPAddress.Parse(plan.Address), 69)] },
    (request, cancel) => NetbootTftp.OpenAsync(netboot, request, cancel),
    TimeProvider.System,
    web.Logger);
foreach (var fault in tftp.Start())
    throw new InvalidOperationException(fault.Message);
output.WriteLine("ready");
Console.In.ReadLine();
