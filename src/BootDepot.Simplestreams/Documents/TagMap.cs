using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Simplestreams.Documents;

/// <summary>Makes maps of tags.</summary>
public static class TagMap
{
    /// <summary>No tags.</summary>
    public static OrderedMap<TagValue> None => OrderedMap<TagValue>.Empty;

    /// <summary>The given tags in this order, without those whose value is null.</summary>
    public static OrderedMap<TagValue> Of(params IEnumerable<(string Name, TagValue? Value)> tags) =>
        new(tags.Where(t => t.Value is not null).Select(t => KeyValuePair.Create(t.Name, t.Value!.Value)));
}
