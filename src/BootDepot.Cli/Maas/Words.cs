using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Cli.Maas;

/// <summary>An option of a command.</summary>
/// <param name="Names">All its spellings; the last one is its key.</param>
/// <param name="Value">What its value is called in help; null for a switch.</param>
/// <param name="Help">One line.</param>
internal sealed record CommandOption(IReadOnlyList<string> Names, string? Value, string Help)
{
    public string Key => Names[^1];

    public static CommandOption Switch(string help, params string[] names) => new(names, null, help);

    public static CommandOption Valued(string value, string help, params string[] names) => new(names, value, help);
}

/// <summary>The words of a command, parted into options (anywhere, up to <c>--</c>) and the rest in order.</summary>
internal sealed class Words
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    private Words()
    {
    }

    public List<string> Rest { get; } = [];

    /// <summary>What looks like an option and is none.</summary>
    public List<string> Unknown { get; } = [];

    public bool Has(string key) => _options.ContainsKey(key);

    public string? ValueOrNull(string key) => _options.GetValueOrDefault(key);

    public static Words Part(IEnumerable<string> words, IReadOnlyList<CommandOption> options, Func<string, CommandFailure> misuse)
    {
        var parted = new Words();
        using var all = words.GetEnumerator();
        while (all.MoveNext())
        {
            var word = all.Current;
            if (word == "--")
            {
                while (all.MoveNext())
                    parted.Rest.Add(all.Current);
            }
            else if (word.Length < 2 || word[0] != '-' || char.IsAsciiDigit(word[1]))
            {
                parted.Rest.Add(word);
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
            {
                parted.TakeLong(word, options, misuse, () => all.MoveNext() ? all.Current : null);
            }
            else
            {
                parted.TakeShort(word, options, misuse, () => all.MoveNext() ? all.Current : null);
            }
        }

        return parted;
    }

    private void TakeLong(string word, IReadOnlyList<CommandOption> options, Func<string, CommandFailure> misuse, Func<string?> next)
    {
        var parts = word.Split('=', 2);
        var exact = options.FirstOrDefault(o => o.Names.Contains(parts[0], StringComparer.Ordinal));
        // An unambiguous beginning is enough.
        var matches = exact is not null
            ? [exact]
            : options.Where(o => o.Names.Any(n => n.StartsWith(parts[0], StringComparison.Ordinal))).ToList();
        if (matches.Count == 0)
            Unknown.Add(word);
        else if (matches.Count > 1)
            throw misuse($"ambiguous option: {parts[0]} could match {string.Join(", ", matches.Select(m => m.Key))}");
        else
            Take(matches[0], parts.Length == 2 ? parts[1] : null, misuse, next);
    }

    private void TakeShort(string word, IReadOnlyList<CommandOption> options, Func<string, CommandFailure> misuse, Func<string?> next)
    {
        // Switches may stand together: -dk.
        for (var i = 1; i < word.Length; i++)
        {
            var option = options.FirstOrDefault(o => o.Names.Contains("-" + word[i], StringComparer.Ordinal));
            if (option is null)
            {
                Unknown.Add(word);
                return;
            }

            if (option.Value is not null)
            {
                Take(option, i + 1 < word.Length ? word[(i + 1)..] : null, misuse, next);
                return;
            }

            _options[option.Key] = "";
        }
    }

    private void Take(CommandOption option, string? value, Func<string, CommandFailure> misuse, Func<string?> next)
    {
        if (option.Value is null && value is not null)
            throw misuse($"argument {string.Join("/", option.Names)}: ignored explicit argument '{value}'");
        if (option.Value is not null)
            value ??= next() ?? throw misuse($"argument {string.Join("/", option.Names)}: expected one argument");
        _options[option.Key] = value ?? "";
    }
}
