using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Simplestreams.Documents;

/// <summary>Applies <c>_aliases</c>: a tag whose name the table has brings the tags listed for its value into the same object.</summary>
internal static class AliasTable
{
    public static OrderedMap<TagValue> Apply(OrderedMap<OrderedMap<OrderedMap<TagValue>>> aliases, OrderedMap<TagValue> tags)
    {
        if (aliases.Count == 0)
            return tags;
        Dictionary<string, TagValue>? expanded = null;
        foreach (var (name, values) in aliases)
        {
            if (!(expanded?.TryGetValue(name, out var tag) ?? tags.TryGetValue(name, out tag)) || tag.TextOrNull is not { } value)
                continue;
            if (!values.TryGetValue(value, out var additions))
            {
                throw new StreamException(
                    StreamErrors.DocumentUnknownAlias,
                    $"The tag '{Excerpt.Of(name)}' has the value '{Excerpt.Of(value)}', which the document's _aliases lack. The publisher must add it.");
            }

            expanded ??= tags.ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
            foreach (var (addedName, added) in additions)
                expanded[addedName] = added;
        }

        return expanded is null ? tags : new OrderedMap<TagValue>(expanded);
    }
}
