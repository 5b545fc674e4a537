using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace BootDepot.Testing;

/// <summary>
/// Looks for secrets in what regions and racks log and answer, in every test: those that tests made known, and what looks like one
/// (passwords in URLs, signatures of requests, private keys, cookies). Those that run in this process log here; what others write is given
/// to <see cref="Read"/>. What it finds fails whoever asks with <see cref="Check"/>, and the whole run by <see cref="SecretsAtTheEnd"/>.
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

    /// <summary>Looks at what a process wrote, or an answer that refuses, and keeps what it finds for <see cref="Check"/>.</summary>
    /// <param name="where">Where it was written.</param>
    /// <param name="text">What was.</param>
    public static void Read(string where, string text)
    {
        foreach (var name in In(text))
            Findings.Enqueue($"{name}: {where}: {text}");
    }

    /// <summary>Looks at all that a process writes from now on, until it ends; it never waits for who reads its log.</summary>
    public static async Task FollowAsync(string where, StreamReader log)
    {
        while (await log.ReadLineAsync() is { } line)
            Read(where, line);
    }

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
