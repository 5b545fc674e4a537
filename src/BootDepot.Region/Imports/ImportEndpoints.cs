using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Images;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Imports.Progress;
using BootDepot.Region.Overview;

namespace BootDepot.Region.Imports;

/// <summary><c>imports/</c>, <c>imports/current/</c>, <c>imports/{id}/</c> and <c>plan/</c>: what MAAS has no word for.</summary>
internal sealed class ImportEndpoints(ImportControl imports) : IApiEndpoints
{
    private const double LongestWait = 25;

    private static readonly ImmutableArray<ApiParameter> Looks =
    [
        ApiParameter.List("files", "Only files in this state, given once for each state; without it all files. An import may have tens of thousands."),
        ApiParameter.Optional("wait", "number", "Seconds to wait for its end, at most 25, before it is shown as it stands then. Default: 0."),
    ];

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "ImportsHandler", "imports/", "Imports from boot sources: begin, stop, and what became of them.",
        [
            new("read", "GET", null, "List imports, newest first", ApiPermission.User, ApiResult.Json(new ApiShape.ListOf(ImportShapes.Run)), ListAsync),
            new("create", "POST", null, "Begin an import", ApiPermission.EditBootEntities, ApiResult.Json(ImportShapes.Start), StartAsync)
            {
                Event = "import.start",
                Text = "If one runs already it is joined: it looks again for changed selections before it ends.",
            },
            new("stop", "POST", "stop", "Stop the running import", ApiPermission.EditBootEntities, ApiResult.Json(ImportShapes.Run), StopAsync)
            {
                Event = "import.stop",
                Text = "Finished work stays, and so do unfinished transfers: the next import goes on from there.",
            },
        ]),
        new(ApiVersion.Two, "CurrentImportHandler", "imports/current/", "The import that runs, or else the last one.",
        [
            new("read", "GET", null, "Show its progress, file by file", ApiPermission.User, ApiResult.Json(ImportShapes.Run), CurrentAsync)
            {
                Text = "States of files: queued, fetching, waiting (code, message and retry_at say why and until when), stored, failed.",
                Parameters = Looks,
            },
        ]),
        new(ApiVersion.Two, "ImportHandler", "imports/{id}/", "One import.",
        [
            new("read", "GET", null, "Show an import", ApiPermission.User, ApiResult.Json(ImportShapes.Run), ReadAsync)
            {
                Parameters = Looks,
            },
        ]),
        new(ApiVersion.Two, "PlanHandler", "plan/", "What an import would do now.",
        [
            new("read", "GET", null, "Show what would be fetched, kept and retired", ApiPermission.User, ApiResult.Json(ImportShapes.Plan), PlanAsync)
            {
                Text = "Asks the boot sources; changes nothing.",
            },
            new("preview", "POST", "preview", "Show what an import would do if more were selected", ApiPermission.EditBootEntities, ApiResult.Json(ImportShapes.Plan), PreviewAsync)
            {
                Text = "Asks the boot sources; changes nothing, and selects nothing.",
                Parameters = ImageEndpoints.Choices,
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        var runs = await imports.HistoryAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var run in runs)
                ImportWriter.Write(json, run);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> StartAsync(ApiRequest request, CancellationToken cancel)
    {
        var start = await imports.StartAsync("manual", request.Identity.Username, cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartObject();
            if (start.RunId is { } id)
                json.WriteNumber("id", id);
            else
                json.WriteNull("id");
            json.WriteBoolean("joined", start.IsJoined);
            json.WriteEndObject();
        });
    }

    private async Task<ApiAnswer> StopAsync(ApiRequest request, CancellationToken cancel)
    {
        await imports.StopAsync(cancel);
        return await CurrentAsync(request, cancel);
    }

    private async Task<ApiAnswer> CurrentAsync(ApiRequest request, CancellationToken cancel)
    {
        if (StatesOrNull(request) is not { } states)
            return NoSuchState(request);
        if (WaitOrNull(request) is not { } wait)
            return NoSuchWait(request);
        await imports.WaitForEndAsync(null, wait, cancel);
        var last = await imports.LastOrNullAsync(cancel);
        // What runs in another region, or ran before this process began, is known from the catalogue only.
        if (imports.ProgressOrNull() is { } progress && (last is null || progress.Id >= last.Id))
            return ApiAnswer.Json(json => ImportWriter.Write(json, progress, states));
        return last is null ? ApiAnswer.NotFound("ImportRun") : ApiAnswer.Json(json => ImportWriter.Write(json, last));
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.IdOrNull("id") is not { } id)
            return ApiAnswer.NotFound("ImportRun");
        if (StatesOrNull(request) is not { } states)
            return NoSuchState(request);
        if (WaitOrNull(request) is not { } wait)
            return NoSuchWait(request);
        await imports.WaitForEndAsync(id, wait, cancel);
        if (imports.ProgressOrNull() is { } progress && progress.Id == id)
            return ApiAnswer.Json(json => ImportWriter.Write(json, progress, states));
        return await imports.FindOrNullAsync(id, cancel) is { } run
            ? ApiAnswer.Json(json => ImportWriter.Write(json, run))
            : ApiAnswer.NotFound("ImportRun");
    }

    private static ImmutableArray<FileState>? StatesOrNull(ApiRequest request)
    {
        var words = request.Query.All("files");
        if (words.IsEmpty)
            return [.. Enum.GetValues<FileState>()];
        var known = Enum.GetValues<FileState>().ToDictionary(ImportWriter.Word, StringComparer.Ordinal);
        return words.All(known.ContainsKey) ? [.. words.Select(w => known[w])] : null;
    }

    private static ApiAnswer NoSuchState(ApiRequest request) => ApiAnswer.Invalid(FieldErrors.Of(
        "files",
        $"'{string.Join("', '", request.Query.All("files"))}' is not understood: files are {string.Join(", ", Enum.GetValues<FileState>().Select(ImportWriter.Word))}."));

    private static TimeSpan? WaitOrNull(ApiRequest request)
    {
        if (request.Query.LastOrNull("wait") is not { } word)
            return TimeSpan.Zero;
        return double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait))
            : null;
    }

    private static ApiAnswer NoSuchWait(ApiRequest request) =>
        ApiAnswer.Invalid(FieldErrors.Of("wait", $"'{request.Query.LastOrNull("wait")}' is not a number of seconds, as 0.5 or 25 are."));

    private async Task<ApiAnswer> PreviewAsync(ApiRequest request, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var (choices, subarches, labels) = ImageEndpoints.ReadChoices(request, errors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var report = await imports.PlanAsync(ImageSelecting.RulesOf(choices, subarches, labels), cancel);
        return ApiAnswer.Json(json => ImportWriter.Write(json, report));
    }

    private async Task<ApiAnswer> PlanAsync(ApiRequest request, CancellationToken cancel)
    {
        var report = await imports.PlanAsync(cancel);
        return ApiAnswer.Json(json => ImportWriter.Write(json, report));
    }
}
