using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Imports;

/// <summary>Import control as MAAS has it, on <c>boot-resources/</c>. Answers come before anything is fetched.</summary>
internal sealed class ImportActions(ImportControl imports)
{
    /// <summary>The actions of an API generation; 1.x can only begin imports.</summary>
    public IEnumerable<ApiAction> Of(ApiVersion version, ApiPermission edit)
    {
        yield return new ApiAction("import", "POST", "import", "Import boot resources", edit, ApiResult.Text(), StartAsync)
        {
            Event = "import.start",
            Text = "Begins in the background. An import that runs already is joined.",
        };
        if (version == ApiVersion.One)
            yield break;
        yield return new ApiAction("stop_import", "POST", "stop_import", "Stop import of boot resources", edit, ApiResult.Text(), StopAsync)
        {
            Event = "import.stop",
            Text = "What was fetched stays; the next import goes on from there.",
        };
        yield return new ApiAction(
            "is_importing", "GET", "is_importing", "Is an import running?", ApiPermission.User, ApiResult.Json(ApiShape.Bool), IsImportingAsync);
    }

    private async Task<ApiAnswer> StartAsync(ApiRequest request, CancellationToken cancel)
    {
        const string text = "Import of boot resources started";
        await imports.StartAsync("manual", request.Identity.Username, cancel);
        // 1.x left the content type to its framework, whose default is HTML.
        return request.Handler.Version == ApiVersion.One
            ? ApiAnswer.Bytes(Encoding.ASCII.GetBytes(text), "text/html; charset=utf-8")
            : ApiAnswer.Text(text);
    }

    private async Task<ApiAnswer> StopAsync(ApiRequest request, CancellationToken cancel)
    {
        await imports.StopAsync(cancel);
        return ApiAnswer.Text("Import of boot resources is being stopped");
    }

    private async Task<ApiAnswer> IsImportingAsync(ApiRequest request, CancellationToken cancel)
    {
        var isImporting = await imports.IsImportingAsync(cancel);
        return ApiAnswer.Json(json => json.WriteBooleanValue(isImporting));
    }
}
