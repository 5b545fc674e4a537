using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace BootDepot.Region.Api.Answers;

/// <summary>What is wrong with a form, per field, in the order found.</summary>
internal sealed class FieldErrors
{
    /// <summary>Key of errors that concern the whole form.</summary>
    public const string WholeForm = "__all__";

    /// <summary>MAAS's text for a field that is missing or empty.</summary>
    public const string RequiredText = "This field is required.";

    private readonly List<KeyValuePair<string, List<string>>> _byField = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsEmpty => _byField.Count == 0;

    /// <summary>One message about one field.</summary>
    public static FieldErrors Of(string field, string text)
    {
        var errors = new FieldErrors();
        errors.Add(field, text);
        return errors;
    }

    /// <summary>Adds a message.</summary>
    public void Add(string field, string text)
    {
        foreach (var (name, texts) in _byField)
        {
            if (name == field)
            {
                texts.Add(text);
                return;
            }
        }

        _byField.Add(new(field, [text]));
    }

    /// <summary>Whether that field has a message already.</summary>
    public bool Has(string field) => _byField.Exists(f => f.Key == field);

    /// <summary>All messages.</summary>
    public IEnumerable<string> Texts => _byField.SelectMany(f => f.Value);

    /// <summary>Writes <c>{"field": ["text", …]}</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, texts) in _byField)
        {
            json.WriteStartArray(name);
            foreach (var text in texts)
                json.WriteStringValue(text);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
