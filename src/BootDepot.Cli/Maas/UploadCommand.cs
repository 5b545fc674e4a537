using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Client;

namespace BootDepot.Cli.Maas;

/// <summary>
/// <c>boot-resources create … content@=FILE</c>: tells the server size and SHA-256, then sends the file in chunks of
/// 4 MiB. Prints nothing when it went well.
/// </summary>
internal sealed class UploadCommand(CommandHost host, MaasClient client, string path, string actionHelp)
{
    public bool Quiet { get; init; }

    public bool Resume { get; init; }

    public bool Force { get; init; }

    public async Task<int> RunAsync(IReadOnlyList<DataWord> words)
    {
        // As in a dictionary, the last word of a name counts; sent in the order of names.
        var data = words.GroupBy(w => w.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
        if (!data.Remove("content", out var content))
        {
            host.WriteOut("Missing content.\n");
            return 2;
        }

        if (!content.IsFile)
            throw CommandFailure.Usage(actionHelp, $"The content must be a file: type content@={content.Value} (with '@=') in place of content={content.Value}");
        var file = content.Value == "-" ? Spool() : host.FullPath(content.Value);
        try
        {
            if (!File.Exists(file))
                throw new FileNotFoundException($"No such file: {file}", content.Value);
            return await UploadAsync(file, data);
        }
        finally
        {
            if (content.Value == "-")
                File.Delete(file);
        }
    }

    private async Task<int> UploadAsync(string file, Dictionary<string, DataWord> data)
    {
        await FileTypeCheck.RunAsync(host, file, data, Force);
        var bar = new ProgressBar(host, Path.GetFileName(file), Quiet);
        var source = UploadContent.FromFile(file);
        var digest = await source.DigestAsync(bar, host.Interrupted);
        data["sha256"] = new DataWord("sha256", digest.Sha256, false);
        data["size"] = new DataWord("size", digest.Size.ToString(CultureInfo.InvariantCulture), false);

        if (Resume && await UnfinishedOrNullAsync(data, digest) is { } unfinished)
        {
            bar.Say(string.Create(CultureInfo.InvariantCulture, $"Resuming at byte {unfinished.Offset} of {digest.Size}."));
            return await SendAsync(unfinished, source, bar, file);
        }

        var fields = data.Values.OrderBy(w => w.Name, StringComparer.Ordinal).Select(w => w.IsFile
            ? MaasField.File(w.Name, Fields.ReadFile(w.Value, host), MediaTypes.Guess(w.Value))
            : MaasField.Text(w.Name, w.Value));
        var answer = await client.CallAsync(new MaasCall(HttpMethod.Post, path) { Fields = [.. fields] }, host.Interrupted);
        if (!answer.IsSuccess)
        {
            bar.Finish();
            return new AnswerPrinter(host).Print(answer);
        }

        var target = TargetOrNull(answer, digest, out var complete);
        if (complete)
        {
            bar.Finish();
            return 0;
        }

        if (target is null)
            throw CommandFailure.Failed("Failed to identify created resource.");
        return await SendAsync(target, source, bar, file);
    }

    private async Task<UnfinishedUpload?> UnfinishedOrNullAsync(Dictionary<string, DataWord> data, ContentDigest digest)
    {
        // Title, base image and the like go with the first request only: with other values than before it must be sent.
        if (data.GetValueOrDefault("name") is not { } name || data.GetValueOrDefault("architecture") is not { } architecture || data.ContainsKey("keep_old"))
            return null;
        try
        {
            var found = await client.BootResources.FindUnfinishedAsync(name.Value, architecture.Value, digest, host.Interrupted);
            // One that has all its bytes may wait for another type, or for wishes (force, convert) that it was begun without.
            if (found is null || found.Offset == 0 || found.Offset == digest.Size)
                return null;
            var resource = await client.BootResources.GetAsync(found.ResourceId, host.Interrupted);
            var same = resource.Title == (data.GetValueOrDefault("title")?.Value ?? "")
                && (data.GetValueOrDefault("base_image") is not { } image || resource.BaseImage is null || resource.BaseImage == image.Value);
            return same ? found : null;
        }
        catch (MaasException)
        {
            // Only a convenience: whatever is wrong, the request that follows will say it in the usual way.
            return null;
        }
    }

    private async Task<int> SendAsync(UnfinishedUpload target, UploadContent source, ProgressBar bar, string file)
    {
        try
        {
            await client.BootResources.SendContentAsync(target, source, null, bar, host.Interrupted);
            bar.Finish();
            return 0;
        }
        catch (MaasUploadException e)
        {
            bar.Finish();
            // The refusal's body goes where it always went, the rest is for people.
            if (e.Refusal is { } refusal)
                host.WriteOut(refusal.Content + (host.IsOutTerminal ? "\n" : ""));
            var reason = e.Refusal is { } said ? $"HTTP {(int)said.StatusCode} {said.ReasonPhrase}" : Failures.Explain(e.InnerException!, host).Message;
            await host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"The upload of {file} stopped at byte {e.Offset} of {e.TotalBytes}: {reason}\nRun the same command again to send the rest."));
            return 2;
        }
    }

    private static UnfinishedUpload? TargetOrNull(MaasAnswer answer, ContentDigest digest, out bool complete)
    {
        complete = false;
        using var document = JsonDocument.Parse(answer.Content);
        if (!document.RootElement.TryGetProperty("sets", out var sets) || !document.RootElement.TryGetProperty("id", out var id))
            return null;
        foreach (var file in sets.EnumerateObject().Where(s => s.Value.TryGetProperty("files", out _))
            .SelectMany(s => s.Value.GetProperty("files").EnumerateObject()).Select(f => f.Value))
        {
            if (!string.Equals(Description.Text(file, "sha256"), digest.Sha256, StringComparison.OrdinalIgnoreCase))
                continue;
            if (Description.Text(file, "upload_uri") is { Length: > 0 } uri)
            {
                complete = false;
                var progress = file.TryGetProperty("progress", out var percent) && percent.ValueKind == JsonValueKind.Number ? percent.GetDouble() : 0;
                return new UnfinishedUpload(id.GetInt32(), uri, digest, (long)Math.Round(progress / 100 * digest.Size));
            }

            complete |= file.TryGetProperty("complete", out var flag) && flag.ValueKind == JsonValueKind.True;
        }

        return null;
    }

    // From a pipe the content is needed twice: for its digest, then to be sent.
    private string Spool()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var copy = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        host.In.CopyTo(copy);
        return file;
    }
}
