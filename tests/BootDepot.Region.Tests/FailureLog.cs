using System;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Tests;

/// <summary>What the regions of this process logged as errors lately, so that a test that got a 500 can say why.</summary>
internal sealed class FailureLog : ILoggerProvider, ILogger
{
    private const int Kept = 10;

    private static readonly ConcurrentQueue<string> Lines = new();

    /// <summary>All that is kept, oldest first; empty when nothing was logged.</summary>
    public static string Recent() => string.Join('\n', Lines);

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        Lines.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {formatter(state, exception)}\n{exception}");
        while (Lines.Count > Kept)
            Lines.TryDequeue(out _);
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
