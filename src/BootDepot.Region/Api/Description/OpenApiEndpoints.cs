using System;
using System.Collections.Immutable;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;

namespace BootDepot.Region.Api.Description;

/// <summary><c>openapi.yaml</c>: the same endpoints in the form that other tools read.</summary>
internal sealed class OpenApiEndpoints : IApiEndpoints
{
    private readonly Lazy<byte[]> _document;

    /// <summary>Over all endpoints. Lazy, because this is one of them.</summary>
    public OpenApiEndpoints(Lazy<ApiRoutes> routes) =>
        _document = new Lazy<byte[]>(() => OpenApiDocumentWriter.Write(routes.Value));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "OpenApiHandler", "openapi.yaml", "The API as an OpenAPI document.",
        [
            new("read", "GET", null, "Describe the API as OpenAPI", ApiPermission.Open,
                new ApiResult(200, "application/openapi+yaml", ApiShape.PlainText),
                (_, _) => Task.FromResult(ApiAnswer.Bytes(_document.Value, "application/openapi+yaml"))),
        ])
        {
            IsHidden = true,
        },
    ];
}
