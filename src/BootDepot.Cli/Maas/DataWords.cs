using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BootDepot.Client;

namespace BootDepot.Cli.Maas;

/// <summary>A word that gives a field: <c>name=value</c>, or <c>name@=file</c>.</summary>
internal sealed record DataWord(string Name, string Value, bool IsFile)
{
    /// <summary>Whichever of <c>=</c> and <c>@=</c> comes first parts the word.</summary>
    public static DataWord Read(string word, string? former)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
            throw CommandFailure.Plain($"'{word}' is not a name=value or name@=filename pair" + Hint(word, former));
        return at > 0 && word[at - 1] == '@'
            ? new DataWord(word[..(at - 1)], word[(at + 1)..], true)
            : new DataWord(word[..at], word[(at + 1)..], false);
    }

    public static IReadOnlyList<DataWord> ReadAll(IReadOnlyList<string> words) =>
        [.. words.Select((word, i) => Read(word, i > 0 ? words[i - 1] : null))];

    // The manual of 1.7 has "keyring_data@=./ filename": a blank where there should be none.
    private static string Hint(string word, string? former) =>
        former is not null && former.Contains("@=", StringComparison.Ordinal) && former.EndsWith('/')
            ? $"\nIs there a blank too many? '{former}{word}' would be one word."
            : "";
}

/// <summary>Makes fields of data words.</summary>
internal static class Fields
{
    private static readonly string[] Lists = ["arches", "subarches", "labels"];

    public static List<MaasField> Of(IReadOnlyList<DataWord> words, ApiResource resource, CommandHost host)
    {
        var fields = new List<MaasField>();
        foreach (var word in words)
        {
            if (word.IsFile)
                fields.Add(MaasField.File(word.Name, ReadFile(word.Value, host), MediaTypes.Guess(word.Value)));
            else if (IsSelection(resource) && Lists.Contains(word.Name, StringComparer.Ordinal))
                fields.AddRange(Split(word.Value).Select(v => MaasField.Text(word.Name, v)));
            else if (IsSource(resource) && word is { Name: "keyring_data", Value.Length: > 0 })
                fields.Add(Keyring(word.Value));
            else
                fields.Add(MaasField.Text(word.Name, word.Value));
        }

        return fields;
    }

    public static byte[] ReadFile(string path, CommandHost host)
    {
        if (path == "-")
        {
            using var copy = new MemoryStream();
            host.In.CopyTo(copy);
            return copy.ToArray();
        }

        var full = host.FullPath(path);
        if (!File.Exists(full))
            throw new FileNotFoundException($"No such file: {full}", path);
        return File.ReadAllBytes(full);
    }

    private static bool IsSelection(ApiResource resource) =>
        resource.Handler is "BootSourceSelectionHandler" or "BootSourceSelectionsHandler";

    private static bool IsSource(ApiResource resource) => resource.Handler is "BootSourceHandler" or "BootSourcesHandler";

    // "amd64,arm64" and "amd64 arm64" are natural guesses; no name holds a comma or a blank.
    private static string[] Split(string value) => value.AsSpan().IndexOfAny(", ") < 0
        ? [value]
        : value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    // As text MAAS drops it in silence: only a file part counts.
    private static MaasField Keyring(string value)
    {
        try
        {
            return MaasField.File("keyring_data", Convert.FromBase64String(value));
        }
        catch (FormatException)
        {
            return value.Contains("-----BEGIN PGP", StringComparison.Ordinal)
                ? MaasField.File("keyring_data", System.Text.Encoding.UTF8.GetBytes(value))
                : throw CommandFailure.Failed(
                    "keyring_data= takes the keyring in base64; to send a file, type keyring_data@=FILE.");
        }
    }
}

/// <summary>The media type that a file's name suggests, as the original command guesses it.</summary>
internal static class MediaTypes
{
    public static string Guess(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".txt" or ".asc" => "text/plain",
        ".json" => "application/json",
        ".pgp" or ".gpg" => "application/pgp-encrypted",
        ".tar" => "application/x-tar",
        _ => "application/octet-stream",
    };
}
