namespace BootDepot.Catalog.Events;

/// <summary>Who makes a change.</summary>
/// <param name="Name">User name.</param>
/// <param name="Origin">Where the request came from: a network address; null for what the region does by itself.</param>
public sealed record Actor(string Name, string? Origin = null)
{
    /// <summary>The region itself: imports, first start, collection.</summary>
    public static Actor System { get; } = new("system");
}
