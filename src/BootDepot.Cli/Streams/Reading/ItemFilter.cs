using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using BootDepot.Cli.Output;
using BootDepot.Images;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Cli.Streams.Reading;

/// <summary>
/// Filters in the words of the reference tools: <c>key=value</c>, <c>key!=value</c>, <c>key~regex</c>, <c>key!~regex</c> on the flat
/// view of an item. A key that an item lacks counts as empty; a regular expression need not match the whole.
/// </summary>
internal sealed class ItemFilter
{
    private readonly List<Func<FlatItem, bool>> _conditions;

    private ItemFilter(List<Func<FlatItem, bool>> conditions) => _conditions = conditions;

    /// <exception cref="CommandFailure"><c>filter-invalid</c>.</exception>
    public static ItemFilter Parse(IEnumerable<string> words) => new(words.Select(Condition).ToList());

    /// <summary>The items that pass, of each product only the newest versions that have any.</summary>
    public IEnumerable<FlatItem> Select(ProductDocument document, int? newest) =>
        document.Products.Values.SelectMany(product =>
        {
            var versions = document.Flatten(product).Where(i => _conditions.TrueForAll(c => c(i)))
                .GroupBy(i => i.Version.Name, StringComparer.Ordinal)
                .OrderByDescending(v => v.Key, StringComparer.Ordinal);
            return versions.Take(newest ?? int.MaxValue).SelectMany(v => v);
        });

    private static Func<FlatItem, bool> Condition(string word)
    {
        var at = word.AsSpan().IndexOfAny('=', '~', '!');
        if (at < 1 || (word[at] == '!' && (at + 1 == word.Length || word[at + 1] is not ('=' or '~'))))
            throw Invalid(word, "it must be key=value, key!=value, key~regex or key!~regex");
        var negated = word[at] == '!';
        var op = word[negated ? at + 1 : at];
        var key = word[..at];
        var value = word[(at + (negated ? 2 : 1))..];
        if (op == '=')
            return item => ((item[key] ?? "") == value) != negated;
        var regex = Compile(word, value);
        return item => regex.IsMatch(item[key] ?? "") != negated;
    }

    private static Regex Compile(string word, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException e)
        {
            throw Invalid(word, e.Message);
        }
    }

    private static CommandFailure Invalid(string word, string why) => new(new Fault("filter-invalid", $"The filter '{word}' cannot be used: {why}."));
}
