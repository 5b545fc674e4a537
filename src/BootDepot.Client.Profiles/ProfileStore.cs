using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Data.Sqlite;

namespace BootDepot.Client.Profiles;

/// <summary>
/// Profiles in the file that the <c>maas</c> command keeps them in: SQLite, table
/// <c>profiles(id, name, data)</c> with a JSON document per profile. Profiles written here are read by the original.
/// The default profile stands in a table of our own, or in the column <c>selected</c> where the file has one.
/// </summary>
public sealed class ProfileStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly bool _hasSelectedColumn;

    private ProfileStore(SqliteConnection connection)
    {
        _connection = connection;
        using var columns = Command("SELECT 1 FROM pragma_table_info('profiles') WHERE name = 'selected'");
        _hasSelectedColumn = columns.ExecuteScalar() is not null;
    }

    /// <summary>Where the <c>maas</c> command keeps its profiles: <c>~/.maascli.db</c>.</summary>
    public static string DefaultPath =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".maascli.db");

    /// <summary>Names of the profiles, in the order in which they were made.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            using var command = Command("SELECT name FROM profiles ORDER BY id");
            using var reader = command.ExecuteReader();
            var names = new List<string>();
            while (reader.Read())
                names.Add(reader.GetString(0));
            return names;
        }
    }

    /// <summary>Name of the profile that is used when none is named; null when there is none. Setting an unknown name fails.</summary>
    /// <exception cref="MaasProfileNotFoundException">There is no profile of that name.</exception>
    public string? Default
    {
        get
        {
            using var command = Command(_hasSelectedColumn
                ? "SELECT name FROM profiles WHERE selected"
                : "SELECT p.name FROM profiles p JOIN default_profile d ON d.name = p.name");
            if (!_hasSelectedColumn && !HasDefaultTable())
                return null;
            return command.ExecuteScalar() as string;
        }

        set
        {
            if (value is not null && TryLoad(value) is null)
                throw new MaasProfileNotFoundException(value);
            using var transaction = _connection.BeginTransaction();
            if (_hasSelectedColumn)
            {
                Run("UPDATE profiles SET selected = 0 WHERE selected");
                if (value is not null)
                    Run("UPDATE profiles SET selected = 1 WHERE name = $name", ("$name", value));
            }
            else
            {
                Run("CREATE TABLE IF NOT EXISTS default_profile (name TEXT NOT NULL)");
                Run("DELETE FROM default_profile");
                if (value is not null)
                    Run("INSERT INTO default_profile (name) VALUES ($name)", ("$name", value));
            }

            transaction.Commit();
        }
    }

    /// <summary>Opens the store; makes it, readable by its owner only, when there is none.</summary>
    /// <param name="path">The file; null: <see cref="DefaultPath"/>.</param>
    public static ProfileStore Open(string? path = null)
    {
        path ??= DefaultPath;
        if (!File.Exists(path))
        {
            // With its mode from the first moment: it will hold keys.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var created = new FileStream(path, options);
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using (var create = connection.CreateCommand())
            {
                create.CommandText =
                    "CREATE TABLE IF NOT EXISTS profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB)";
                create.ExecuteNonQuery();
            }

            return new ProfileStore(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The profile of that name.</summary>
    /// <exception cref="MaasProfileNotFoundException">There is none.</exception>
    public MaasProfile Load(string name) => TryLoad(name) ?? throw new MaasProfileNotFoundException(name);

    /// <summary>The profile of that name; null when there is none.</summary>
    public MaasProfile? TryLoad(string name)
    {
        using var command = Command("SELECT CAST(data AS TEXT) FROM profiles WHERE name = $name", ("$name", name));
        return command.ExecuteScalar() is string data ? ProfileDocument.Read(name, data) : null;
    }

    /// <summary>Stores a profile; one of the same name is replaced and stays the default if it was.</summary>
    public void Save(MaasProfile profile) => Run(
        "INSERT INTO profiles (name, data) VALUES ($name, $data) ON CONFLICT (name) DO UPDATE SET data = excluded.data",
        ("$name", profile.Name), ("$data", ProfileDocument.Write(profile)));

    /// <summary>Deletes a profile; false when there was none.</summary>
    public bool Delete(string name) => Run("DELETE FROM profiles WHERE name = $name", ("$name", name)) > 0;

    /// <summary>Closes the store.</summary>
    public void Dispose() => _connection.Dispose();

    private bool HasDefaultTable()
    {
        using var command = Command("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'default_profile'");
        return command.ExecuteScalar() is not null;
    }

    private int Run(string sql, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

#pragma warning disable CA2100 // Every text is a constant of this file; values are parameters.
    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
#pragma warning restore CA2100
}
