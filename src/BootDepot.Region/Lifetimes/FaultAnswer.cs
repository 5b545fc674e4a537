using BootDepot.Images;
using BootDepot.Region.Api.Answers;

namespace BootDepot.Region.Lifetimes;

/// <summary>How the endpoints that MAAS does not have refuse: a JSON object with code and message.</summary>
internal static class FaultAnswer
{
    /// <summary>404 for what is unknown, 409 for everything that another state would allow.</summary>
    public static ApiAnswer Of(Fault fault) => ApiAnswer.Json(
        json =>
        {
            json.WriteStartObject();
            json.WriteString("code", fault.Code);
            json.WriteString("message", fault.Message);
            json.WriteEndObject();
        },
        fault.Code.EndsWith("-unknown", System.StringComparison.Ordinal) ? 404
            : fault.Code.EndsWith("-invalid", System.StringComparison.Ordinal) ? 400 : 409);
}
