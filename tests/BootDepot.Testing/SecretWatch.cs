using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace BootDepot.Testing;

/// <summary>
/// Looks for secrets in what the regions and racks of this process log, in every test: those that tests made known, and what looks like
/// one (passwords in URLs, signatures of requests, private keys, cookies). What it finds fails whoever asks with <see cref="Check"/>.
/// </summary>
public sealed partial class SecretWatch : ILoggerProvider, ILogger
{
    /// <summary>Shorter texts are no secrets that could be told from chance.</summary>
    private const int FewestCharacters = 8;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);
    private static readonly ConcurrentQueue<string> Findings = new();
    private readonly Action<string> _onFinding;

    /// <summary>Keeps what it finds for <see cref="Check"/>.</summary>
    public SecretWatch()
        : this(Findings.Enqueue)
    {
    }

    /// <summary>Tells at once: for processes that nobody asks.</summary>
    public SecretWatch(Action<string> onFinding) => _onFinding = onFinding;

    /// <summary>Makes a secret known. Empty ones are none.</summary>
    public static void Know(string name, string? secret)
    {
        if (secret is { Length: >= FewestCharacters })
            Known[secret] = name;
    }

    /// <summary>The names of the secrets in a text.</summary>
    public static IEnumerable<string> In(string text) => Known.Where(s => text.Contains(s.Key, StringComparison.Ordinal)).Select(s => s.Value)
        .Concat(LooksLikeOne().Matches(text).Select(m => $"something like '{m.Value[..Math.Min(m.Value.Length, 12)]}…'"));

    /// <summary>Fails when a secret was logged in this process since it began.</summary>
    /// <exception cref="InvalidOperationException">One was; with the lines.</exception>
    public static void Check()
    {
        if (!Findings.IsEmpty)
            throw new InvalidOperationException("Secrets were logged:\n" + string.Join('\n', Findings));
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = $"{formatter(state, exception)}\n{exception}";
        foreach (var name in In(text))
            _onFinding($"{name}: {text}");
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    // A password in a URL, a request's signature (RFC 5849), a private key (RFC 7468), a session's cookie.
    [GeneratedRegex("""://[^\s/:@"']+:[^\s/@"'*]+@|oauth_signature="?%26\w+|PRIVATE KEY-----|bootdepot_session=\w+""", RegexOptions.None, 5000)]
    private static partial Regex LooksLikeOne();
}
