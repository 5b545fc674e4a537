using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Views;

/// <summary>A named selection of the images that are held, published as a stream of its own.</summary>
public sealed class StreamView
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>Its name, a part of its URL. Unique.</summary>
    public required string Name { get; set; }

    /// <summary>What is in it: <c>os/release</c>, <c>os/*</c>, <c>custom</c> (all uploads), <c>*</c>.</summary>
    public List<string> Images { get; set; } = [];

    /// <summary>Architectures in it; none: all.</summary>
    public List<string> Arches { get; set; } = [];

    /// <summary>Labels in it; none: all.</summary>
    public List<string> Labels { get; set; } = [];

    /// <summary>SHA-256 of the token that must be shown; null when everyone may read it.</summary>
    public byte[]? TokenHash { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset Updated { get; set; }
}
