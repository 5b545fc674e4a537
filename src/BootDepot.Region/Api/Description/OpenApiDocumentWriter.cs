using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using BootDepot.Region.Api.Versions;
using Microsoft.OpenApi;

namespace BootDepot.Region.Api.Description;

/// <summary>
/// Makes the OpenAPI 3.1 document of API 2.0. OpenAPI has no operations named in the query, so each gets a path of its
/// own: the <c>op-NAME</c> spelling, which the server takes as well.
/// </summary>
internal sealed class OpenApiDocumentWriter
{
    private readonly OpenApiDocument _document = new()
    {
        Info = new OpenApiInfo
        {
            Title = "BootDepot",
            Version = VersionEndpoints.MaasVersion,
            Description = "The image part of the MAAS 2.0 API, and BootDepot's own additions.",
        },
        Paths = [],
        Components = new OpenApiComponents { Schemas = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) },
    };

    private readonly OpenApiSchemas _schemas;

    private OpenApiDocumentWriter() => _schemas = new OpenApiSchemas(_document);

    /// <summary>The document as YAML.</summary>
    public static byte[] Write(ApiRoutes routes)
    {
        var writer = new OpenApiDocumentWriter();
        foreach (var handler in routes.All.Where(h => h.Version == ApiVersion.Two).OrderBy(h => h.Path, StringComparer.Ordinal))
        {
            foreach (var action in handler.Actions)
                writer.Add(handler, action);
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        writer._document.SerializeAsV31(new OpenApiYamlWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Add(ApiHandler handler, ApiAction action)
    {
        var path = handler.FullPath + (action.Op is null ? "" : "op-" + action.Op);
        if (!_document.Paths.TryGetValue(path, out var item))
        {
            item = new OpenApiPathItem { Operations = [] };
            _document.Paths.Add(path, item);
        }

        item.Operations!.Add(new HttpMethod(action.Method), Operation(handler, action));
    }

    private OpenApiOperation Operation(ApiHandler handler, ApiAction action)
    {
        var operation = new OpenApiOperation
        {
            OperationId = handler.Name.Replace("Handler", "", StringComparison.Ordinal) + "_" + action.Name,
            Summary = action.Title,
            Description = action.Text.Length > 0 ? action.Text : null,
            Parameters = [.. handler.Params.Select(PathParameter)],
            Responses = Responses(action),
        };
        if (action.Method is "GET" or "DELETE" or "HEAD")
        {
            foreach (var parameter in action.Parameters)
                operation.Parameters.Add(QueryParameter(parameter));
        }
        else if (action.Body == ApiBody.Raw)
        {
            var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            operation.RequestBody = Body("application/octet-stream", bytes);
        }
        else if (action.Parameters.Length > 0)
            operation.RequestBody = Body("multipart/form-data", OpenApiSchemas.OfForm(action.Parameters));

        return operation;
    }

    private OpenApiResponses Responses(ApiAction action)
    {
        var good = new OpenApiResponse { Description = action.Title };
        if (action.Result.Shape is { } shape)
            good.Content = Content(action.Result.ContentType, _schemas.Of(shape));
        var responses = new OpenApiResponses { [action.Result.Status.ToString(CultureInfo.InvariantCulture)] = good };
        if (action.Parameters.Length > 0)
            responses["400"] = new OpenApiResponse { Description = "A value does not fit." };
        if (action.Permission.NeedsKey)
            responses["401"] = new OpenApiResponse { Description = "No key, or one that is refused." };
        if (action.Permission.NeedsAdmin)
            responses["403"] = new OpenApiResponse { Description = "The user has too few rights." };
        return responses;
    }

    private static OpenApiParameter PathParameter(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = new OpenApiSchema
        {
            Type = name is "id" or "resource_id" or "boot_source_id" ? JsonSchemaType.Integer : JsonSchemaType.String,
        },
    };

    private static OpenApiParameter QueryParameter(ApiParameter parameter) => new()
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Required = parameter.IsRequired,
        Description = parameter.Text,
        Schema = OpenApiSchemas.Of(parameter),
    };

    private static OpenApiRequestBody Body(string contentType, OpenApiSchema schema) => new() { Content = Content(contentType, schema) };

    private static Dictionary<string, OpenApiMediaType> Content(string contentType, IOpenApiSchema schema) =>
        new(StringComparer.Ordinal) { [contentType] = new OpenApiMediaType { Schema = schema } };
}
