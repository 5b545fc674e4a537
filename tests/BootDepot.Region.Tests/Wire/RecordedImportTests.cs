using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;

namespace BootDepot.Region.Tests.Wire;

/// <summary>Import control as each client sends it, on a real server process of its own: others change what is selected.</summary>
public sealed class RecordedImportTests(ReplayServer server) : IClassFixture<ReplayServer>
{
    private const int Size = 3 << 20;

    [Theory]
    [InlineData(MaasClient.Cli, "20260401")]
    [InlineData(MaasClient.Libmaas, "20260402")]
    [InlineData(MaasClient.Gomaasclient, "20260403")]
    public async Task Each_client_imports_stops_and_watches(MaasClient client, string version)
    {
        server.Tree.AddUbuntu(server.Mirror, version: version, size: Size);
        server.Tree.Publish(server.Mirror);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Mirror.BeforeBytes = (http, from) => from >= Size * 2 / 3 ? open.Task.WaitAsync(http.RequestAborted) : Task.CompletedTask;
        try
        {
            ReplayServer.Check(await IsImportingAsync(client), 200, ReplayServer.Json, "false");
            await ImportAsync(client);
            ReplayServer.Check(await IsImportingAsync(client), 200, ReplayServer.Json, "true");
            // Asking again while one runs is answered the same.
            await ImportAsync(client);
            double progress = 0;
            await ReplayServer.UntilAsync(async () => (progress = (await SetAsync(client, version) is { } set && set.TryGetProperty("progress", out var p)) ? p.GetDouble() : 0) > 0);
            progress.ShouldBeInRange(1, 99);
            ReplayServer.Check(await server.SendAsync(client, "POST", "boot-resources/", "stop_import"), 200, ReplayServer.Text, "Import of boot resources is being stopped");
            await server.ImportEndedAsync();
            // With nothing to stop it is answered the same too.
            ReplayServer.Check(await server.SendAsync(client, "POST", "boot-resources/", "stop_import"), 200, ReplayServer.Text, "Import of boot resources is being stopped");
        }
        finally
        {
            open.SetResult();
            server.Mirror.BeforeBytes = null;
        }

        await ImportAsync(client);
        await server.ImportEndedAsync();
        var complete = (await SetAsync(client, version))!.Value;
        complete.GetProperty("complete").GetBoolean().ShouldBeTrue();
        complete.TryGetProperty("progress", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_client_of_1_x_logs_in_imports_and_lists_boot_images()
    {
        const string root = "/MAAS/api/1.0/";
        var groups = await server.SendAsync(MaasClient.Cli, "GET", root + "nodegroups/", "list");
        ReplayServer.Check(groups, 200, ReplayServer.Json);
        var uuid = groups.Json[0].GetProperty("uuid").GetString();
        ReplayServer.Check(
            await server.SendAsync(MaasClient.Cli, "POST", root + "boot-resources/", "import"), 200, "text/html; charset=utf-8", "Import of boot resources started");
        await server.ImportEndedAsync();
        ReplayServer.Check(await server.SendAsync(MaasClient.Cli, "POST", root + "boot-resources/", "stop_import"), 400, ReplayServer.Text, hasHash: false);
        ReplayServer.Check(
            await server.SendAsync(MaasClient.Cli, "POST", root + "nodegroups/", "import_boot_images"), 200, "text/plain",
            "Import of boot images started on all cluster controllers");
        var images = await server.SendAsync(MaasClient.Gomaasapi, "GET", $"{root}nodegroups/{uuid}/boot-images/");
        ReplayServer.Check(images, 200, ReplayServer.Json);
        images.Json.EnumerateArray().Select(i => i.GetProperty("release").GetString()).Distinct().ShouldBe(["noble"]);
    }

    private async Task ImportAsync(MaasClient client) => ReplayServer.Check(
        await server.SendAsync(client, "POST", "boot-resources/", "import"), 200, ReplayServer.Text, "Import of boot resources started");

    private Task<RawReply> IsImportingAsync(MaasClient client) => server.SendAsync(client, "GET", "boot-resources/", "is_importing");

    private async Task<JsonElement?> SetAsync(MaasClient client, string version)
    {
        var list = await server.SendAsync(client, "GET", "boot-resources/", null, true, ("type", "synced"));
        ReplayServer.Check(list, 200, ReplayServer.Json);
        var id = list.Json.EnumerateArray().Single(r => r.GetProperty("name").GetString() == "ubuntu/noble").GetProperty("id").GetInt32();
        var resource = await server.SendAsync(client, "GET", $"boot-resources/{id}/");
        ReplayServer.Check(resource, 200, ReplayServer.Json);
        return resource.Json.GetProperty("sets").TryGetProperty(version, out var set) ? set : null;
    }
}
