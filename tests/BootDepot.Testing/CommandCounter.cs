using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Data.Common;
using System.Diagnostics;
using System.Linq;
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
    private readonly CatalogOptions _catalog;
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    /// <summary>Counts from now on.</summary>
    /// <param name="catalog">The database.</param>
    public CommandCounter(CatalogOptions catalog)
    {
        _catalog = catalog;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>The texts of the commands so far.</summary>
    public IReadOnlyList<string> Commands => _commands.ToList();

    /// <summary>Forgets those so far.</summary>
    public void Reset() => _commands.Clear();

    /// <inheritdoc />
    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore")
            _subscriptions.Add(value.Subscribe(this, name => name == RelationalEventId.CommandExecuting.Name));
    }

    /// <inheritdoc />
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is CommandEventData { Command: { } command } && IsOurs(command.Connection))
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
