using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace BootDepot.Rack.Netboot.Install;

/// <summary>
/// Takes what an installer reports: <c>POST /install-reports/TOKEN</c> with a form of <c>state</c> (<c>writing</c>, <c>installed</c>,
/// <c>failed</c>), and with the last of them <c>code</c> and <c>reason</c>.
/// </summary>
internal static class InstallEndpoint
{
    private const int MaxBody = 4096;
    private const int MaxReason = 400;

    public static async Task AnswerAsync(NetbootServices netboot, HttpContext http, string token)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers.Allow = "POST";
            await NetbootHttp.TextAsync(http, StatusCodes.Status405MethodNotAllowed, "Installers report with POST.\n");
            return;
        }

        if (netboot.Reports.ReadOrNull(token) is not { } claim)
        {
            await NetbootHttp.TextAsync(http, StatusCodes.Status404NotFound, "This rack gave out no such token.\n");
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBody;
        using var reader = new StreamReader(http.Request.Body);
        var form = QueryHelpers.ParseQuery(await reader.ReadToEndAsync(http.RequestAborted));
        var chain = (claim.Machine is { } mac ? netboot.Chains.FindOrNull(mac) : null)
            ?? netboot.Chains.For(http.Connection.RemoteIpAddress!, isFirst: false);
        switch (form["state"].ToString())
        {
            case "writing":
                netboot.Chains.Ends(chain, "installing", null);
                break;
            case "installed":
                if (claim.Machine is { } machine)
                    netboot.Reports.Done(machine, claim.Arch);
                netboot.Chains.Ends(chain, "installed", null);
                break;
            case "failed":
                netboot.Chains.Ends(chain, "failed", FaultOf(form["code"].ToString(), form["reason"].ToString()));
                break;
            default:
                await NetbootHttp.TextAsync(http, StatusCodes.Status400BadRequest, "state must be writing, installed or failed.\n");
                return;
        }

        await NetbootHttp.TextAsync(http, StatusCodes.Status200OK, "Noted.\n");
    }

    // Whoever holds the token writes this; it goes into logs and onto screens.
    private static Fault FaultOf(string code, string reason)
    {
        var plain = string.Concat(reason.Where(c => !char.IsControl(c)).Take(MaxReason));
        return code switch
        {
            "install-disk" or "install-image" or "install-boot-loader" or "install-network" or "install-type" => new(code, plain),
            _ => new("install-failed", plain),
        };
    }
}
