using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Client;
using BootDepot.Client.Profiles;

namespace BootDepot.Cli.Maas;

/// <summary><c>PROFILE RESOURCE ACTION positional… name=value…</c>: one request, and its answer shown.</summary>
internal sealed class ActionCommand(
    CommandHost host, HelpText help, string topHelp, MaasProfile profile, Description description, ApiResource resource, ApiAction action)
{
    private static readonly CommandOption Debug = CommandOption.Switch("show the status and the headers of the answer", "-d", "--debug");
    private static readonly CommandOption Insecure = CommandOption.Switch("do not check the server's certificate", "-k", "--insecure");
    private static readonly CommandOption Quiet = CommandOption.Switch("no progress", "-q", "--quiet");
    private static readonly CommandOption Format = CommandOption.Valued("FORMAT", "json, yaml, table or csv in place of the body as sent", "--format");
    private static readonly CommandOption Wait = CommandOption.Switch("wait until the import is over", "--wait");
    private static readonly CommandOption WaitLimit = CommandOption.Valued("SECONDS", "with --wait: give up after this time, exit code 2", "--timeout");
    private static readonly CommandOption NoResume = CommandOption.Switch("start over even if the server has part of the same upload", "--no-resume");
    private static readonly CommandOption Force = CommandOption.Switch("send the file even if it is not what filetype says", "--force");

    private bool IsUpload => resource.Handler == "BootResourcesHandler" && action.Name == "create";

    private bool IsImport => resource.Handler == "BootResourcesHandler" && action.Name == "import";

    private CommandOption[] Options =>
    [
        Debug, Insecure, Format, Quiet,
        .. IsImport ? [Wait, WaitLimit] : Array.Empty<CommandOption>(),
        .. IsUpload ? [NoResume, Force] : Array.Empty<CommandOption>(),
    ];

    private string ActionHelp => help.Action(profile.Name, resource, action, Options);

    public async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        var parted = Words.Part(words, [HelpText.HelpOption, .. Options], message => CommandFailure.Usage(ActionHelp, message));
        if (parted.Has(HelpText.HelpOption.Key))
        {
            host.WriteOut(ActionHelp);
            return 0;
        }

        if (parted.Unknown.Count > 0)
            throw CommandFailure.Usage(topHelp, "unrecognized arguments: " + string.Join(' ', parted.Unknown));
        var format = OutputFormat.Read(parted.ValueOrNull(Format.Key), ActionHelp);
        using var client = Connect(parted.Has(Insecure.Key));
        var rest = await WithSourceAsync(client, parted.Rest);
        if (rest.Count < resource.Parameters.Count)
        {
            var missing = resource.Parameters.Skip(rest.Count).Concat(action.TakesData ? ["data"] : Array.Empty<string>());
            throw CommandFailure.Usage(ActionHelp, "the following arguments are required: " + string.Join(", ", missing));
        }

        var extra = rest.Skip(resource.Parameters.Count).ToList();
        if (extra.Count > 0 && !action.TakesData)
            throw CommandFailure.Usage(topHelp, "unrecognized arguments: " + string.Join(' ', extra));
        var data = DataWord.ReadAll(extra);
        if (IsUpload)
        {
            var upload = new UploadCommand(host, client, Path(rest), ActionHelp)
            {
                Quiet = parted.Has(Quiet.Key),
                Resume = !parted.Has(NoResume.Key),
                Force = parted.Has(Force.Key),
            };
            return await upload.RunAsync(data);
        }

        var answer = await client.CallAsync(
            new MaasCall(new HttpMethod(action.Method), Path(rest)) { Operation = action.Operation, Fields = Fields.Of(data, resource, host) },
            host.Interrupted);
        var code = await ShowAsync(answer, parted, format, client.Url);
        return code == 0 && parted.Has(Wait.Key) ? await WaitAsync(client, parted) : code;
    }

    private MaasClient Connect(bool insecure) => profile.Connect(new MaasClientOptions
    {
        DangerousAcceptAnyServerCertificate = insecure,
        Timeout = TimeSpan.FromMinutes(15),
        Retry = new MaasRetryOptions { MaxRetries = IsUpload ? 8 : 2 },
        UserAgent = "bootdepot",
        TimeProvider = host.Time,
    });

    private string Path(List<string> rest)
    {
        var path = resource.Path;
        for (var i = 0; i < resource.Parameters.Count; i++)
            path = path.Replace("{" + resource.Parameters[i] + "}", Uri.EscapeDataString(rest[i]), StringComparison.Ordinal);
        return path;
    }

    private async Task<int> ShowAsync(MaasAnswer answer, Words parted, OutputFormat? format, Uri api)
    {
        var printer = new AnswerPrinter(host);
        printer.WarnOfOtherApi(answer, description.Hash);
        if (parted.Has(Debug.Key))
            await printer.PrintDebugAsync(answer, api);
        if (format is null || !answer.IsSuccess || answer.ContentType?.Contains("/json", StringComparison.Ordinal) != true)
            return printer.Print(answer);
        using var document = JsonDocument.Parse(answer.Content);
        host.WriteOut(format.Write(document.RootElement));
        return 0;
    }

    // The manual of 1.7 leaves the number of the source out; a word with "=" is never a number.
    private async Task<List<string>> WithSourceAsync(MaasClient client, List<string> rest)
    {
        if (resource.Handler != "BootSourceSelectionsHandler" || action.Name != "create"
            || rest.Count == 0 || !rest[0].Contains('=', StringComparison.Ordinal))
            return rest;
        var sources = await client.BootSources.ListAsync(host.Interrupted);
        if (sources.Count != 1)
            throw CommandFailure.Usage(ActionHelp,
                $"'{rest[0]}' stands where the number of a boot source must be. There are {sources.Count}: "
                + string.Join(", ", sources.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Id} ({s.Url})"))));
        await host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Using boot source {sources[0].Id}, the only one ({sources[0].Url})."));
        return [sources[0].Id.ToString(CultureInfo.InvariantCulture), .. rest];
    }

    private async Task<int> WaitAsync(MaasClient client, Words parted)
    {
        TimeSpan? limit = null;
        if (parted.ValueOrNull(WaitLimit.Key) is { } text)
        {
            if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
                throw CommandFailure.Usage(ActionHelp, $"argument --timeout: invalid number of seconds: '{text}'");
            limit = TimeSpan.FromSeconds(seconds);
        }

        var show = host.IsErrorTerminal && !parted.Has(Quiet.Key);
        var progress = show
            ? new Inline<TimeSpan>(waited => host.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\rImporting… {waited.TotalSeconds:0} s ")))
            : null;
        try
        {
            await client.BootResources.WaitForImportAsync(TimeSpan.FromSeconds(1), limit, progress, host.Interrupted);
        }
        catch (TimeoutException e)
        {
            throw CommandFailure.Failed(e.Message, e);
        }
        finally
        {
            if (show)
                await host.Error.WriteLineAsync();
        }

        return 0;
    }
}

/// <summary>Progress told at once, on the thread that makes it.</summary>
internal sealed class Inline<T>(Action<T> show) : IProgress<T>
{
    public void Report(T value) => show(value);
}
