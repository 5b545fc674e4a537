using System;
using System.Linq;
using System.Text.Json;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Uploads;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.BootResources;

/// <summary>
/// The answer to bytes that are refused. In words for MAAS's clients, which print what they get; as JSON for those that ask for
/// nothing else; and in header fields always.
/// </summary>
internal static class RefusalAnswer
{
    private const int HeaderLength = 300;

    /// <summary>Makes it.</summary>
    public static ApiAnswer Of(UploadRefusal refusal, HttpRequest request, int status = StatusCodes.Status400BadRequest)
    {
        var answer = WantsJson(request)
            ? ApiAnswer.Json(
                json =>
                {
                    json.WriteStartObject();
                    WriteFields(json, refusal);
                    json.WriteBoolean("can_force", refusal.CanForce);
                    json.WriteEndObject();
                },
                status)
            : ApiAnswer.Text(refusal.Fault.Message, status);
        return answer with
        {
            Headers =
            [
                new("X-Error-Code", refusal.Fault.Code),
                .. refusal.Found is { } found ? [new("X-Image-Found", Plain(found))] : ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, string>>.Empty,
                .. refusal.RightType is { } right ? [new("X-Right-Filetype", right)] : ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, string>>.Empty,
            ],
        };
    }

    /// <summary>Writes the members that lists of uploads have too.</summary>
    public static void WriteFields(Utf8JsonWriter json, UploadRefusal refusal)
    {
        json.WriteString("code", refusal.Fault.Code);
        json.WriteString("reason", refusal.Fault.Message);
        if (refusal.Declared is not null)
            json.WriteString("filetype", refusal.Declared);
        if (refusal.Found is not null)
            json.WriteString("found", refusal.Found);
        if (refusal.RightType is not null)
            json.WriteString("right_filetype", refusal.RightType);
    }

    private static bool WantsJson(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("application/json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("*/*", StringComparison.Ordinal);
    }

    // Names out of a file may be in it; headers take ASCII only.
    private static string Plain(string text) =>
        string.Concat(text.Take(HeaderLength).Select(c => char.IsBetween(c, ' ', '~') ? c : '?'));
}
