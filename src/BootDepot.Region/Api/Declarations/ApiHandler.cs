using System.Collections.Immutable;
using System.Linq;

namespace BootDepot.Region.Api.Declarations;

/// <summary>Generation of the API: what stands between <c>/MAAS/api/</c> and the resource path.</summary>
internal enum ApiVersion
{
    /// <summary>MAAS 1.7 to 1.10.</summary>
    One,

    /// <summary>MAAS 2.0 and later.</summary>
    Two,
}

/// <summary>All that can be done at one path.</summary>
/// <param name="Version">API generation.</param>
/// <param name="Name">
/// MAAS's class name (<c>BootSourcesHandler</c>): clients derive their command and type names from it.
/// </param>
/// <param name="Path">Below the version's root, with a trailing slash and <c>{param}</c> placeholders.</param>
/// <param name="Doc">What the resource is, for people.</param>
/// <param name="Actions">What can be done.</param>
internal sealed record ApiHandler(
    ApiVersion Version, string Name, string Path, string Doc, ImmutableArray<ApiAction> Actions)
{
    /// <summary>Served, but not described (old aliases).</summary>
    public bool IsHidden { get; init; }

    /// <summary>The description itself, which does not carry its own hash in a header.</summary>
    public bool IsDescription { get; init; }

    /// <summary>The root of a version, with its trailing slash.</summary>
    public static string RootOf(ApiVersion version) => version == ApiVersion.One ? "/MAAS/api/1.0/" : "/MAAS/api/2.0/";

    /// <summary>Absolute path with placeholders.</summary>
    public string FullPath => RootOf(Version) + Path;

    /// <summary>Names of the placeholders, in path order.</summary>
    public ImmutableArray<string> Params { get; } =
        [.. Path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}'))];
}

/// <summary>Something that brings endpoints: one implementation per capability.</summary>
internal interface IApiEndpoints
{
    /// <summary>Its handlers. Called once.</summary>
    ImmutableArray<ApiHandler> Declare();
}
