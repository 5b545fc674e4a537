using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Region.Api.Declarations;
using Microsoft.OpenApi;

namespace BootDepot.Region.Api.Description;

/// <summary>Turns shapes and parameters into OpenAPI schemas; named shapes become components, once.</summary>
internal sealed class OpenApiSchemas(OpenApiDocument document)
{
    /// <summary>Schema of an answer.</summary>
    public IOpenApiSchema Of(ApiShape shape)
    {
        switch (shape)
        {
            case ApiShape.ListOf list:
                return new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(list.Element) };
            case ApiShape.MapOf map:
                return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(map.Element) };
            case ApiShape.Object named:
                var components = document.Components!.Schemas!;
                if (components.TryAdd(named.Name, new OpenApiSchema()))
                    components[named.Name] = OfObject(named);
                return new OpenApiSchemaReference(named.Name, document);
            case ApiShape.Scalar { Type: "any" }:
                return new OpenApiSchema();
            case ApiShape.Scalar scalar:
                return OfScalar(scalar);
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>Schema of a parameter.</summary>
    public static OpenApiSchema Of(ApiParameter parameter)
    {
        var one = new OpenApiSchema
        {
            Description = parameter.Text,
            Type = parameter.Type switch
            {
                "int" => JsonSchemaType.Integer,
                "number" => JsonSchemaType.Number,
                "boolean" => JsonSchemaType.Boolean,
                "string" or "file" => JsonSchemaType.String,
                var other => throw new InvalidOperationException($"The parameter {parameter.Name} has the type {other}, which has no schema"),
            },
            Format = parameter.Type == "file" ? "binary" : null,
        };
        return parameter.IsRepeatable
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = one, Description = parameter.Text }
            : one;
    }

    /// <summary>Schema of a form.</summary>
    public static OpenApiSchema OfForm(IReadOnlyCollection<ApiParameter> parameters) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = parameters.ToDictionary(p => p.Name, p => (IOpenApiSchema)Of(p), StringComparer.Ordinal),
        Required = parameters.Where(p => p.IsRequired).Select(p => p.Name).ToHashSet(StringComparer.Ordinal),
    };

    private OpenApiSchema OfObject(ApiShape.Object named) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = named.Fields.ToDictionary(f => f.Name, f => Of(f.Shape), StringComparer.Ordinal),
        Required = named.Fields.Where(f => f.IsAlwaysThere).Select(f => f.Name).ToHashSet(StringComparer.Ordinal),
    };

    private static OpenApiSchema OfScalar(ApiShape.Scalar scalar)
    {
        var type = scalar.Type switch
        {
            "integer" => JsonSchemaType.Integer,
            "number" => JsonSchemaType.Number,
            "boolean" => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        };
        return new OpenApiSchema { Type = scalar.IsNullable ? type | JsonSchemaType.Null : type, Format = scalar.Format };
    }
}
