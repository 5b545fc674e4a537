using System;
using System.Linq;
using BootDepot.Images.Products;

namespace BootDepot.Region.Imports.Sources;

/// <summary>
/// The part of one source that a run is for, as a bundle carries it. That source is read although it is disabled; the others are not
/// asked, and what is held of them, or of what the bundle does not carry, stays.
/// </summary>
/// <param name="Source">The source.</param>
/// <param name="Takes">Whether the run is for an image that it offers.</param>
internal sealed record SourceScope(int Source, Func<OfferedImage, bool> Takes)
{
    public bool Is(SourceFacts source) => source.Id == Source;

    public SourceFacts Open(SourceFacts source) => Is(source) ? source with { Enabled = true } : source;

    public SourceReading Narrow(SourceReading reading) => reading with { Images = [.. reading.Images.Where(Takes)], AbsenceCounts = false };
}
