using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace BootDepot.Simplestreams.Documents;

/// <summary>Makes maps of tags, and turns them into text and back.</summary>
public static class TagMap
{
    /// <summary>No tags.</summary>
    public static OrderedMap<TagValue> None => OrderedMap<TagValue>.Empty;

    /// <summary>The given tags in this order, without those whose value is null.</summary>
    public static OrderedMap<TagValue> Of(params IEnumerable<(string Name, TagValue? Value)> tags) =>
        new(tags.Where(t => t.Value is not null).Select(t => KeyValuePair.Create(t.Name, t.Value!.Value)));

    /// <summary>Reads a JSON object of tags: what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="StreamException">One of the <c>document-</c> codes.</exception>
    public static OrderedMap<TagValue> Parse(string json) => DocumentReader.ReadTags(Encoding.UTF8.GetBytes(json));

    /// <summary>The tags as a JSON object on one line, numbers spelled as they were: for storing them beside what they describe.</summary>
    public static string ToJson(OrderedMap<TagValue> tags)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, tags);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, OrderedMap<TagValue> tags)
    {
        json.WriteStartObject();
        foreach (var (name, value) in tags)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TagValue value)
    {
        switch (value.Kind)
        {
            case TagKind.Text:
                json.WriteStringValue(value.TextOrNull);
                break;
            case TagKind.Number:
                json.WriteRawValue(value.ScalarOrNull!);
                break;
            case TagKind.List:
                json.WriteStartArray();
                foreach (var member in value.ListOrNull!)
                    Write(json, member);
                json.WriteEndArray();
                break;
            case TagKind.Map:
                Write(json, value.MapOrNull!);
                break;
            case TagKind.True or TagKind.False:
                json.WriteBooleanValue(value.Kind == TagKind.True);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
