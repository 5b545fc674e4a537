using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace BootDepot.Simplestreams.Documents;

/// <summary>Immutable map from names to values that remembers the order it was made in. Names compare ordinally.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "Map is the domain's word for it")]
public sealed class OrderedMap<T> : IReadOnlyDictionary<string, T>
{
    // Most objects of a stream have five members: below this many a scan beats a hash table, in time and in memory.
    private const int ScanLimit = 12;

    private readonly KeyValuePair<string, T>[] _entries;
    private readonly Dictionary<string, int>? _positions;

    /// <summary>The given entries, in this order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public OrderedMap(IEnumerable<KeyValuePair<string, T>> entries)
        : this([.. entries])
    {
    }

    internal OrderedMap(KeyValuePair<string, T>[] entries)
    {
        _entries = entries;
        if (DuplicateOrNull(entries, out _positions) is { } name)
            throw new ArgumentException($"The name '{Excerpt.Of(name)}' occurs twice.", nameof(entries));
    }

    private OrderedMap(KeyValuePair<string, T>[] entries, Dictionary<string, int>? positions)
    {
        _entries = entries;
        _positions = positions;
    }

    /// <summary>A map of nothing.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "The usual place for the empty instance")]
    public static OrderedMap<T> Empty { get; } = new([], null);

    /// <inheritdoc />
    public int Count => _entries.Length;

    /// <inheritdoc />
    public IEnumerable<string> Keys
    {
        get
        {
            foreach (var entry in _entries)
                yield return entry.Key;
        }
    }

    /// <inheritdoc />
    public IEnumerable<T> Values
    {
        get
        {
            foreach (var entry in _entries)
                yield return entry.Value;
        }
    }

    /// <inheritdoc />
    public T this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{Excerpt.Of(key)}'.");

    /// <inheritdoc />
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var at = IndexOf(key);
        value = at >= 0 ? _entries[at].Value : default;
        return at >= 0;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A map of the entries, or null and the name that occurs twice.</summary>
    internal static OrderedMap<T>? CreateOrNull(KeyValuePair<string, T>[] entries, out string? duplicate)
    {
        if (entries.Length == 0)
        {
            duplicate = null;
            return Empty;
        }

        duplicate = DuplicateOrNull(entries, out var positions);
        return duplicate is null ? new OrderedMap<T>(entries, positions) : null;
    }

    private static string? DuplicateOrNull(KeyValuePair<string, T>[] entries, out Dictionary<string, int>? positions)
    {
        positions = null;
        if (entries.Length <= ScanLimit)
        {
            for (var i = 1; i < entries.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (entries[i].Key == entries[j].Key)
                        return entries[i].Key;
                }
            }

            return null;
        }

        positions = new Dictionary<string, int>(entries.Length, StringComparer.Ordinal);
        for (var i = 0; i < entries.Length; i++)
        {
            if (!positions.TryAdd(entries[i].Key, i))
                return entries[i].Key;
        }

        return null;
    }

    private int IndexOf(string key)
    {
        if (_positions is not null)
            return _positions.TryGetValue(key, out var position) ? position : -1;
        for (var i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Key == key)
                return i;
        }

        return -1;
    }
}
