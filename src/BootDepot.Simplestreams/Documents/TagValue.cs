using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;

namespace BootDepot.Simplestreams.Documents;

/// <summary>What a tag may be. Only strings and numbers take part in inheritance.</summary>
public enum TagKind
{
    /// <summary>JSON null, and an uninitialised value.</summary>
    Null,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A number, kept as it was written.</summary>
    Number,

    /// <summary>true.</summary>
    True,

    /// <summary>false.</summary>
    False,

    /// <summary>A list.</summary>
    List,

    /// <summary>An object.</summary>
    Map,
}

/// <summary>The value of a tag: any JSON value, kept so that it can be written again unchanged.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "Value of a tag, not an enum's")]
public readonly struct TagValue : IEquatable<TagValue>
{
    private readonly object? _value;

    private TagValue(TagKind kind, object? value)
    {
        Kind = kind;
        _value = value;
    }

    /// <summary>What it is.</summary>
    public TagKind Kind { get; }

    /// <summary>A string, or a number as it was written; null for every other kind. What the flat view of an item shows.</summary>
    public string? ScalarOrNull => Kind is TagKind.Text or TagKind.Number ? (string?)_value : null;

    /// <summary>A string; null for every other kind.</summary>
    public string? TextOrNull => Kind is TagKind.Text ? (string?)_value : null;

    /// <summary>The members of a list; null for every other kind.</summary>
    public IReadOnlyList<TagValue>? ListOrNull => Kind is TagKind.List ? (TagValue[]?)_value : null;

    /// <summary>The members of an object; null for every other kind.</summary>
    public OrderedMap<TagValue>? MapOrNull => Kind is TagKind.Map ? (OrderedMap<TagValue>?)_value : null;

    /// <summary>A string.</summary>
    public static TagValue Of(string text) => new(TagKind.Text, text);

    /// <summary>An integer.</summary>
    public static TagValue Of(long number) => new(TagKind.Number, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>true or false.</summary>
    public static TagValue Of(bool value) => new(value ? TagKind.True : TagKind.False, null);

    /// <summary>A list.</summary>
    public static TagValue Of(IEnumerable<TagValue> list) => new(TagKind.List, list.ToArray());

    /// <summary>An object.</summary>
    public static TagValue Of(OrderedMap<TagValue> map) => new(TagKind.Map, map);

    /// <summary>A string.</summary>
    public static implicit operator TagValue(string text) => Of(text);

    /// <summary>An integer.</summary>
    public static implicit operator TagValue(long number) => Of(number);

    /// <summary>Same kind and same content, numbers by their spelling, objects in the same order.</summary>
    public static bool operator ==(TagValue left, TagValue right) => left.Equals(right);

    /// <summary>Not the same.</summary>
    public static bool operator !=(TagValue left, TagValue right) => !left.Equals(right);

    /// <inheritdoc />
    public bool Equals(TagValue other) => Kind == other.Kind && Kind switch
    {
        TagKind.List => ListOrNull!.SequenceEqual(other.ListOrNull!),
        TagKind.Map => MapOrNull!.SequenceEqual(other.MapOrNull!),
        _ => (string?)_value == (string?)other._value,
    };

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is TagValue other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, _value as string);

    /// <summary>The scalar, or the name of the kind.</summary>
    public override string ToString() => ScalarOrNull ?? Kind.ToString();

    /// <summary>A number in the spelling of a JSON document that was read.</summary>
    internal static TagValue FromNumber(string spelling) => new(TagKind.Number, spelling);
}
