using System.Collections.Immutable;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.Versions;

/// <summary><c>version/</c>: what clients take this server for.</summary>
internal sealed class VersionEndpoints : IApiEndpoints
{
    /// <summary>The MAAS release whose clients this API is made for: plain X.Y.Z, as libmaas parses it.</summary>
    public const string MaasVersion = "3.6.0";

    // Juju wants network-deployment-ubuntu, libmaas authenticate-api.
    private static readonly ImmutableArray<string> Capabilities =
    [
        "networks-management", "static-ipaddresses", "ipv6-deployment-ubuntu", "devices-management",
        "storage-deployment-ubuntu", "network-deployment-ubuntu", "bridging-interface-ubuntu",
        "bridging-automatic-ubuntu", "authenticate-api",
    ];

    private static readonly ApiShape Shape = ApiShape.Named(
        "Version",
        ("capabilities", new ApiShape.ListOf(ApiShape.PlainText)),
        ("version", ApiShape.PlainText),
        ("subversion", ApiShape.PlainText));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() => [Version(ApiVersion.One), Version(ApiVersion.Two)];

    private static ApiHandler Version(ApiVersion version) => new(version, "VersionHandler", "version/", "About this server.",
    [
        new("read", "GET", null, "Version and capabilities", ApiPermission.Open, ApiResult.Json(Shape), (_, _) =>
            Task.FromResult(ApiAnswer.Json(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("capabilities");
                foreach (var capability in Capabilities)
                    json.WriteStringValue(capability);
                json.WriteEndArray();
                json.WriteString("version", MaasVersion);
                json.WriteString("subversion", "");
                json.WriteEndObject();
            }))),
    ]);
}
