using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Api.Routing;

/// <summary>A path that leads somewhere.</summary>
/// <param name="Handler">Where.</param>
/// <param name="Values">Values of its placeholders, in path order.</param>
/// <param name="OpInPath">Operation named by an <c>op-NAME</c> last segment; null when there is none.</param>
internal sealed record ApiRoute(ApiHandler Handler, ImmutableArray<string> Values, string? OpInPath);

/// <summary>
/// Finds the handler of a path. Runs of slashes count as one, and the trailing slash may be left out (MAAS answers 404
/// then, which helps nobody).
/// </summary>
internal sealed class ApiRoutes
{
    private const string OpPrefix = "op-";

    private readonly Dictionary<(ApiVersion Version, int Length), List<(ApiHandler Handler, string[] Segments)>> _byLength = [];

    /// <summary>Over all handlers.</summary>
    public ApiRoutes(IEnumerable<IApiEndpoints> endpoints)
    {
        All = [.. endpoints.SelectMany(e => e.Declare())];
        foreach (var handler in All)
        {
            var segments = Split(handler.Path);
            var key = (handler.Version, segments.Length);
            if (!_byLength.TryGetValue(key, out var list))
                _byLength[key] = list = [];
            list.Add((handler, segments));
        }

        // Literal segments before placeholders: imports/current before imports/{id}.
        foreach (var list in _byLength.Values)
            list.Sort((a, b) => a.Handler.Params.Length - b.Handler.Params.Length);
    }

    /// <summary>Every handler.</summary>
    public ImmutableArray<ApiHandler> All { get; }

    /// <summary>The handler for what stands after a version's root; null when there is none.</summary>
    public ApiRoute? FindOrNull(ApiVersion version, string path)
    {
        var segments = Split(path);
        // boot-resources/op-import, which has no trailing slash; users/op-import/ is a user of that name.
        if (!path.EndsWith('/') && segments is [.. var before, var last] && last.StartsWith(OpPrefix, StringComparison.Ordinal)
            && Match(version, before) is { } withOp)
            return withOp with { OpInPath = last[OpPrefix.Length..] };
        if (Match(version, segments) is { } route)
            return route;
        // MAAS's patterns of these two are not anchored: any path that ends in them leads there.
        return segments is [.., "describe" or "version"] ? Match(version, segments[^1..]) : null;
    }

    private ApiRoute? Match(ApiVersion version, string[] segments)
    {
        if (!_byLength.TryGetValue((version, segments.Length), out var candidates))
            return null;
        foreach (var (handler, template) in candidates)
        {
            if (Matches(template, segments))
                return new ApiRoute(handler, [.. segments.Where((_, i) => IsPlaceholder(template[i]))], null);
        }

        return null;
    }

    private static bool Matches(string[] template, string[] segments)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != segments[i] && !IsPlaceholder(template[i]))
                return false;
        }

        return true;
    }

    private static bool IsPlaceholder(string segment) => segment[0] == '{';

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
