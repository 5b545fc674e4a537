using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace BootDepot.Region.Api.Requests;

/// <summary>Text fields of a query string or form, in the order they came. Keys are case-sensitive.</summary>
internal sealed class Fields
{
    /// <summary>No fields.</summary>
    public static readonly Fields None = new([]);

    private readonly ImmutableArray<KeyValuePair<string, string>> _all;

    /// <summary>With the given pairs.</summary>
    public Fields(ImmutableArray<KeyValuePair<string, string>> all) => _all = all;

    /// <summary>Every pair.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Pairs => _all;

    /// <summary>Whether the key came at all.</summary>
    public bool Has(string key) => _all.Any(f => f.Key == key);

    /// <summary>The last value of that key, as MAAS takes it; null when the key did not come.</summary>
    public string? LastOrNull(string key)
    {
        for (var i = _all.Length - 1; i >= 0; i--)
        {
            if (_all[i].Key == key)
                return _all[i].Value;
        }

        return null;
    }

    /// <summary>Every value of that key.</summary>
    public ImmutableArray<string> All(string key) => [.. _all.Where(f => f.Key == key).Select(f => f.Value)];

    /// <summary>The fields whose keys do not start with a prefix.</summary>
    public Fields Without(string prefix) =>
        new([.. _all.Where(f => !f.Key.StartsWith(prefix, StringComparison.Ordinal))]);
}
