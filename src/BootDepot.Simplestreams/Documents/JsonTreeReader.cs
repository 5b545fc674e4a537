using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace BootDepot.Simplestreams.Documents;

/// <summary>
/// Reads JSON values within the limits: depth, number and length of values, no name twice in an object. One per document.
/// </summary>
internal sealed class JsonTreeReader(StreamLimits limits)
{
    private readonly NamePool _pool = new();
    private int _values;

    /// <summary>Reads one value of an object; the reader stands on the value's first token, and afterwards on its last.</summary>
    public delegate T ValueReader<out T>(ref Utf8JsonReader json, string name);

    public StreamLimits Limits { get; } = limits;

    /// <summary>Reads an object's members; the reader stands on its first token.</summary>
    /// <param name="json">The text.</param>
    /// <param name="what">What the object is, for messages.</param>
    /// <param name="limit">How many members it may have.</param>
    /// <param name="member">Reads one member.</param>
    public OrderedMap<T> ReadMap<T>(ref Utf8JsonReader json, string what, int limit, ValueReader<T> member)
    {
        Enter(ref json, what, JsonTokenType.StartObject);
        var entries = new List<KeyValuePair<string, T>>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (entries.Count == limit)
                throw TooMany($"{what} has more than {limit} members");
            var name = ReadName(ref json);
            json.Read();
            entries.Add(KeyValuePair.Create(name, member(ref json, name)));
        }

        return OrderedMap<T>.CreateOrNull([.. entries], out var duplicate)
            ?? throw Duplicate(duplicate!, what);
    }

    /// <summary>
    /// Reads an object of tags in which some names are not tags: <paramref name="reserved"/> reads the value and returns
    /// true for those.
    /// </summary>
    public OrderedMap<TagValue> ReadTags(ref Utf8JsonReader json, string what, ReservedReader reserved)
    {
        Enter(ref json, what, JsonTokenType.StartObject);
        var tags = new List<KeyValuePair<string, TagValue>>();
        var seen = 0u;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (tags.Count == Limits.Members)
                throw TooMany($"{what} has more than {Limits.Members} members");
            var name = ReadName(ref json);
            json.Read();
            var slot = reserved(ref json, name);
            if (slot < 0)
                tags.Add(KeyValuePair.Create(name, ReadValue(ref json)));
            else if ((seen & (1u << slot)) != 0)
                throw Duplicate(name, what);
            else
                seen |= 1u << slot;
        }

        return OrderedMap<TagValue>.CreateOrNull([.. tags], out var duplicate)
            ?? throw Duplicate(duplicate!, what);
    }

    /// <summary>Reads any value.</summary>
    public TagValue ReadValue(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                return TagValue.Of(ReadText(ref json));
            case JsonTokenType.Number:
                Count();
                CheckLength(ref json);
                return TagValue.FromNumber(_pool.Get(json.ValueSpan));
            case JsonTokenType.True or JsonTokenType.False:
                Count();
                return TagValue.Of(json.TokenType == JsonTokenType.True);
            case JsonTokenType.StartObject:
                return TagValue.Of(ReadMap(ref json, "an object", Limits.Members, (ref j, _) => ReadValue(ref j)));
            case JsonTokenType.StartArray:
                return TagValue.Of(ReadList(ref json));
            default:
                Count();
                return default;
        }
    }

    /// <summary>Reads a string that a reserved key must have; null for JSON null.</summary>
    public string? ReadTextOrNull(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.String => ReadText(ref json),
        JsonTokenType.Null => null,
        _ => throw Malformed($"'{name}' must be a string, at byte {json.TokenStartIndex}"),
    };

    /// <summary>The refusal of a document that is not of the right shape.</summary>
    public static StreamException Malformed(string problem, Exception? inner = null) =>
        new(StreamErrors.DocumentMalformed, $"The document cannot be read: {problem}.", inner);

    /// <summary>The refusal of a document with more of something than is allowed.</summary>
    public static StreamException TooMany(string problem) =>
        new(StreamErrors.DocumentTooMany, $"The document is refused: {problem}.");

    private static StreamException Duplicate(string name, string what) =>
        new(StreamErrors.DocumentDuplicateKey,
            $"The document is ambiguous: {what} has the name '{Excerpt.Of(name)}' twice. The publisher must remove one.");

    private TagValue[] ReadList(ref Utf8JsonReader json)
    {
        Enter(ref json, "a list", JsonTokenType.StartArray);
        var list = new List<TagValue>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (list.Count == Limits.Members)
                throw TooMany($"a list has more than {Limits.Members} members");
            list.Add(ReadValue(ref json));
        }

        return [.. list];
    }

    private void Enter(ref Utf8JsonReader json, string what, JsonTokenType wanted)
    {
        Count();
        if (json.TokenType != wanted)
            throw Malformed($"{what} must be {(wanted == JsonTokenType.StartObject ? "an object" : "a list")}, at byte {json.TokenStartIndex}");
        if (json.CurrentDepth >= Limits.Depth)
        {
            throw new StreamException(
                StreamErrors.DocumentTooDeep,
                $"The document is refused: it is nested deeper than {Limits.Depth} levels, at byte {json.TokenStartIndex}.");
        }
    }

    private string ReadName(ref Utf8JsonReader json)
    {
        if (json.ValueSpan.Length > Limits.NameBytes)
            throw TooMany($"a name is longer than {Limits.NameBytes} bytes, at byte {json.TokenStartIndex}");
        return Text(ref json);
    }

    private string ReadText(ref Utf8JsonReader json)
    {
        Count();
        CheckLength(ref json);
        return Text(ref json);
    }

    private string Text(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
            return _pool.Get(json.ValueSpan);
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // The text is valid UTF-8, so only an escape can be wrong: half of a surrogate pair.
            throw Malformed($"a string has half of a surrogate pair, at byte {json.TokenStartIndex}", e);
        }
    }

    private void CheckLength(ref Utf8JsonReader json)
    {
        if (json.ValueSpan.Length > Limits.StringBytes)
            throw TooMany(string.Create(CultureInfo.InvariantCulture, $"a value is longer than {Limits.StringBytes} bytes, at byte {json.TokenStartIndex}"));
    }

    private void Count()
    {
        if (++_values > Limits.Values)
            throw TooMany($"it has more than {Limits.Values} values");
    }

    /// <summary>Reads the value when the name is not a tag's, and returns a number below 32 for it; else -1.</summary>
    public delegate int ReservedReader(ref Utf8JsonReader json, string name);
}
