using System.Collections.Immutable;
using System.Linq;

namespace BootDepot.Region.Api.Declarations;

/// <summary>Shape of an answer, for the OpenAPI document; typed clients are generated from it.</summary>
internal abstract record ApiShape
{
    private ApiShape()
    {
    }

    /// <summary>Plain text.</summary>
    public static readonly ApiShape PlainText = new Scalar("string", null);

    /// <summary>A whole number that fits 32 bits.</summary>
    public static readonly ApiShape Int = new Scalar("integer", "int32");

    /// <summary>A whole number that needs 64 bits.</summary>
    public static readonly ApiShape Long = new Scalar("integer", "int64");

    /// <summary>A number with a fraction.</summary>
    public static readonly ApiShape Number = new Scalar("number", "double");

    /// <summary>True or false.</summary>
    public static readonly ApiShape Bool = new Scalar("boolean", null);

    /// <summary>Anything, null included.</summary>
    public static readonly ApiShape Any = new Scalar("any", null);

    /// <summary>One value.</summary>
    public sealed record Scalar(string Type, string? Format, bool IsNullable = false) : ApiShape;

    /// <summary>A list.</summary>
    public sealed record ListOf(ApiShape Element) : ApiShape;

    /// <summary>An object whose keys are data.</summary>
    public sealed record MapOf(ApiShape Element) : ApiShape;

    /// <summary>An object with a name of its own among the document's schemas.</summary>
    public sealed record Object(string Name, ImmutableArray<Field> Fields) : ApiShape;

    /// <summary>A member of an object.</summary>
    public sealed record Field(string Name, ApiShape Shape, bool IsAlwaysThere);

    /// <summary>An object with a name. A field whose name ends in <c>?</c> is not always there.</summary>
    public static Object Named(string name, params (string Name, ApiShape Shape)[] fields) =>
        new(name, [.. fields.Select(f => new Field(f.Name.TrimEnd('?'), f.Shape, !f.Name.EndsWith('?')))]);

    /// <summary>The same value, or null.</summary>
    public static ApiShape Nullable(ApiShape shape) => shape is Scalar s ? s with { IsNullable = true } : shape;
}
