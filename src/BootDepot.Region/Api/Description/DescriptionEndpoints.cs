using System.Collections.Immutable;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.Description;

/// <summary><c>describe/</c>: what the MAAS command line builds its commands from.</summary>
internal sealed class DescriptionEndpoints(ApiDescription description) : IApiEndpoints
{
    private static readonly ApiShape Described = ApiShape.Named(
        "Description",
        ("doc", ApiShape.PlainText),
        ("hash", ApiShape.PlainText),
        ("handlers", new ApiShape.ListOf(ApiShape.Any)),
        ("resources", new ApiShape.ListOf(ApiShape.Any)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() => [Describe(ApiVersion.One), Describe(ApiVersion.Two)];

    private ApiHandler Describe(ApiVersion version) => new(version, "DescribeHandler", "describe/", "The API in a form for programs.",
    [
        // The content type is exactly application/json: the CLI compares the whole header.
        new("read", "GET", null, "Describe the API", ApiPermission.Open, ApiResult.Json(Described), (request, _) =>
            Task.FromResult(ApiAnswer.Bytes(
                description.DocumentFor(version, ApiDescription.BaseUrlOf(request.Http.Request)), "application/json"))),
    ])
    {
        IsHidden = true,
        IsDescription = true,
    };
}
