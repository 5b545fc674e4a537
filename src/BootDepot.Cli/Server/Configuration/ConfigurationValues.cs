using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace BootDepot.Cli.Server.Configuration;

/// <summary>A value, and where it was said.</summary>
internal sealed record ConfigurationValue(IReadOnlyList<string> Texts, string Origin)
{
    /// <summary>The one value of a key that is no list.</summary>
    public string Text => Texts[^1];
}

/// <summary>Collects values from a file, the environment and flags; what is said later wins. Mistakes are collected too.</summary>
internal sealed class ConfigurationValues
{
    private readonly Dictionary<string, ConfigurationValue> _values = new(StringComparer.Ordinal);
    private readonly List<string> _mistakes = [];

    /// <summary>What was wrong so far, a line each.</summary>
    public IReadOnlyList<string> Mistakes => _mistakes;

    /// <summary>The value of a key; null when nobody said one.</summary>
    public ConfigurationValue? FindOrNull(string key) => _values.GetValueOrDefault(key);

    /// <summary>Reports a mistake in a value.</summary>
    public void Reject(string key, string reason) => _mistakes.Add($"{_values[key].Origin}: {key}: {reason}");

    /// <summary>Reports a mistake that no single value has.</summary>
    public void Reject(string reason) => _mistakes.Add(reason);

    /// <summary>Adds a value.</summary>
    public void Add(string key, IReadOnlyList<string> texts, string origin)
    {
        if (ConfigurationKey.FindOrNull(key) is not { } known)
            _mistakes.Add($"{origin}: {key} is no setting{(ConfigurationKey.NearestOrNull(key) is { } meant ? $"; {meant} is" : "")}.");
        else if (texts.Count > 1 && !known.IsList)
            _mistakes.Add($"{origin}: {key} takes one value.");
        else
            _values[key] = new ConfigurationValue(texts, origin);
    }

    /// <summary>Adds what a YAML or JSON file says (JSON is YAML).</summary>
    public void AddFile(string file)
    {
        try
        {
            using var text = File.OpenText(file);
            var yaml = new YamlStream();
            yaml.Load(text);
            if (yaml.Documents.Count > 0)
                AddNode("", yaml.Documents[0].RootNode, file);
        }
        catch (YamlException e)
        {
            _mistakes.Add($"{file} line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _mistakes.Add($"{file}: {e.Message}");
        }
    }

    /// <summary>Adds what the environment says.</summary>
    public void AddEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var key in ConfigurationKey.All)
        {
            if (environment.GetValueOrDefault(key.Variable) is { Length: > 0 } text)
                Add(key.Name, key.IsList ? Split(text) : [text], $"environment variable {key.Variable}");
        }

        foreach (var name in environment.Keys.Where(n => n.StartsWith("BOOTDEPOT_BLOBS_", StringComparison.Ordinal)))
        {
            if (ConfigurationKey.All.All(k => k.Variable != name))
                _mistakes.Add($"environment variable {name} is no setting.");
        }
    }

    /// <summary>Splits a list at its commas.</summary>
    public static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void AddNode(string path, YamlNode node, string file)
    {
        var origin = $"{file} line {node.Start.Line}";
        switch (node)
        {
            case YamlMappingNode map:
                foreach (var (name, value) in map.Children)
                    AddNode(path.Length == 0 ? name.ToString() : $"{path}.{name}", value, file);
                break;
            case YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode):
                Add(path, [.. list.Children.Select(c => ((YamlScalarNode)c).Value ?? "")], origin);
                break;
            case YamlScalarNode { Value: { } text } when path.Length > 0:
                if (text.Length > 0) // a level without anything below it
                    Add(path, [text], origin);
                break;
            default:
                _mistakes.Add($"{origin}: {(path.Length == 0 ? "the file" : path)} is not a value.");
                break;
        }
    }
}
