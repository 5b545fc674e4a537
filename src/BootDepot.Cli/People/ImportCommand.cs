using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary><c>bootdepot import</c>: begins an import, or shows what one would do; with <c>--wait</c> follows it to its end.</summary>
internal static class ImportCommand
{
    // How often a progress line is drawn anew.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    // The longest that a region holds a question back.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    public static Command Create(CommandHost host)
    {
        var connection = new Connection();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be fetched, kept and retired; change nothing." };
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, with progress. Exit code 2 when something is missing." };
        var stop = new Option<bool>("--stop") { Description = "Stop the running import; finished work and unfinished transfers stay." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress." };
        var command = new Command("import", "Make the region hold what its selections ask for.") { dryRun, wait, stop, quiet };
        connection.AddTo(command);
        command.SetAction((parsed, cancel) => connection.RunAsync(
            host,
            parsed,
            (client, json, token) =>
                parsed.GetValue(dryRun) ? PlanAsync(host, client, json, token)
                : parsed.GetValue(stop) ? StopAsync(host, client, json, token)
                : ImportAsync(host, client, json, parsed.GetValue(wait), parsed.GetValue(quiet), token),
            cancel));
        return command;
    }

    private static async Task<int> PlanAsync(CommandHost host, MaasClient client, bool json, CancellationToken cancel)
    {
        using var plan = await ReadAsync(client, new MaasCall(HttpMethod.Get, "plan/"), cancel);
        if (json)
        {
            host.WriteOut(plan.RootElement.GetRawText() + "\n");
            return 0;
        }

        var rows = plan.RootElement.GetProperty("fetch").EnumerateArray().Select(s => Row("fetch", s, ByteSize.Text(s.GetProperty("bytes").GetInt64())))
            .Concat(plan.RootElement.GetProperty("keep").EnumerateArray().Select(s => Row("keep", s, s.GetProperty("reason").GetString()!)))
            .Concat(plan.RootElement.GetProperty("retire").EnumerateArray().Select(s => Row("retire", s, s.GetProperty("reason").GetString()!)));
        host.WriteOut(TextTable.Write(["WHAT", "IMAGE", "ARCHITECTURE", "VERSION", "WHY"], rows));
        host.WriteOut($"{ByteSize.Text(plan.RootElement.GetProperty("bytes_to_fetch").GetInt64())} would be fetched.\n");
        await WriteProblemsAsync(host, plan.RootElement);
        return 0;
    }

    private static string[] Row(string what, JsonElement set, string why) =>
        [what, set.GetProperty("name").GetString()!, set.GetProperty("architecture").GetString()!, set.GetProperty("version").GetString()!, why];

    private static async Task<int> StopAsync(CommandHost host, MaasClient client, bool json, CancellationToken cancel)
    {
        using var run = await ReadAsync(client, new MaasCall(HttpMethod.Post, "imports/") { Operation = "stop" }, cancel);
        host.WriteOut(json ? run.RootElement.GetRawText() + "\n" : "The import is being stopped.\n");
        return 0;
    }

    private static async Task<int> ImportAsync(CommandHost host, MaasClient client, bool json, bool wait, bool quiet, CancellationToken cancel)
    {
        using var start = await ReadAsync(client, new MaasCall(HttpMethod.Post, "imports/"), cancel);
        var id = start.RootElement.GetProperty("id");
        if (!wait)
        {
            host.WriteOut(json ? start.RootElement.GetRawText() + "\n" : "The import has begun; 'import --wait' follows it.\n");
            return 0;
        }

        using var end = await FollowAsync(host, client, id.ValueKind == JsonValueKind.Number ? id.GetRawText() : "current", quiet || json, cancel);
        if (json)
            host.WriteOut(end.RootElement.GetRawText() + "\n");
        else
            await WriteEndAsync(host, end.RootElement);
        return end.RootElement.GetProperty("state").GetString() == "done" ? 0 : CommandFailure.Failed;
    }

    private static async Task<JsonDocument> FollowAsync(CommandHost host, MaasClient client, string id, bool quiet, CancellationToken cancel)
    {
        var line = new ImportLine(host, quiet);
        var wait = quiet ? Longest : Look;
        var look = new MaasCall(HttpMethod.Get, $"imports/{id}/")
        {
            Fields = [MaasField.Text("files", "waiting"), MaasField.Text("wait", wait.TotalSeconds.ToString(CultureInfo.InvariantCulture))],
        };
        while (true)
        {
            var asked = host.Time.GetTimestamp();
            var run = await ReadAsync(client, look, cancel);
            line.Show(run.RootElement);
            if (run.RootElement.GetProperty("state").GetString() != "running")
            {
                line.End();
                return run;
            }

            run.Dispose();
            // A region that knows no wait answers at once.
            if (Look - host.Time.GetElapsedTime(asked) is var early && early > TimeSpan.Zero)
                await Task.Delay(early, host.Time, cancel);
        }
    }

    private static async Task WriteEndAsync(CommandHost host, JsonElement run)
    {
        var state = run.GetProperty("state").GetString();
        host.WriteOut(string.Create(
            CultureInfo.InvariantCulture,
            $"Import {run.GetProperty("id").GetInt32()} is {state}: {run.GetProperty("published_sets").GetInt32()} image versions added, {ByteSize.Text(run.GetProperty("fetched_bytes").GetInt64())} fetched.\n"));
        await WriteProblemsAsync(host, run);
    }

    private static async Task WriteProblemsAsync(CommandHost host, JsonElement owner)
    {
        foreach (var problem in owner.GetProperty("problems").EnumerateArray())
        {
            var level = problem.GetProperty("level").GetString();
            if (level != "note")
                await host.Error.WriteLineAsync($"{level}: {problem.GetProperty("subject").GetString()}: {problem.GetProperty("message").GetString()} [{problem.GetProperty("code").GetString()}]");
        }
    }

    private static async Task<JsonDocument> ReadAsync(MaasClient client, MaasCall call, CancellationToken cancel) =>
        JsonDocument.Parse((await Connection.CallAsync(client, call, cancel)).Content);
}
