using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Data.Common;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace BootDepot.Testing;

/// <summary>
/// Counts the commands that EF Core sends to one database, whoever sends them: for tests that the number of queries does not
/// grow with the number of rows.
/// </summary>
public sealed class CommandCounter : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private static readonly string Executing = RelationalEventId.CommandExecuting.Name!;

    private readonly CatalogOptions _catalog;
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    private CommandCounter(CatalogOptions catalog)
    {
        _catalog = catalog;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Counts from its return on.</summary>
    /// <param name="catalog">The database.</param>
    public static async Task<CommandCounter> StartAsync(CatalogOptions catalog)
    {
        var counter = new CommandCounter(catalog);
        // A context that last looked before now whether anybody listens looks again after a second.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        counter.Reset();
        return counter;
    }

    /// <summary>The texts of the commands so far.</summary>
    public IReadOnlyList<string> Commands => _commands.ToList();

    /// <summary>Forgets those so far.</summary>
    public void Reset() => _commands.Clear();

    /// <inheritdoc />
    public void OnNext(DiagnosticListener value)
    {
        // The end of each command is listened for only because EF Core, when nobody does, is silent about the context's commands
        // of the next second, beginnings included.
        if (value.Name == "Microsoft.EntityFrameworkCore")
            _subscriptions.Add(value.Subscribe(this, name => name == Executing || name == RelationalEventId.CommandExecuted.Name));
    }

    /// <inheritdoc />
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == Executing && value.Value is CommandEventData { Command: { } command } && IsOurs(command.Connection))
            _commands.Enqueue(command.CommandText);
    }

    // What is thrown here would fail the command of whoever sends it, also another test's on another database.
    private bool IsOurs(DbConnection? connection) => connection switch
    {
        SqliteConnection sqlite => sqlite.DataSource == _catalog.SqliteFile,
        NpgsqlConnection npgsql => _catalog.PostgresConnection is { } ours && npgsql.Database == new NpgsqlConnectionStringBuilder(ours).Database,
        _ => false,
    };

    /// <inheritdoc />
    public void OnCompleted()
    {
    }

    /// <inheritdoc />
    public void OnError(Exception error)
    {
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
    }
}
