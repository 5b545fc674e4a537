using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.Data.Sqlite;

namespace BootDepot.Catalog.Sqlite;

/// <summary>Copies a SQLite catalogue while it is in use, and tells whether a copy is whole.</summary>
public static class SqliteBackup
{
    /// <summary>Writes a copy that is as the catalogue was at one moment (https://www.sqlite.org/lang_vacuum.html#vacuuminto).</summary>
    /// <param name="options">A catalogue on SQLite.</param>
    /// <param name="file">Where to; must not exist.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task CopyAsync(CatalogOptions options, string file, CancellationToken cancel)
    {
        var source = options.SqliteFile ?? throw new CatalogException(new Fault(
            "backup-not-sqlite", "This catalogue is on PostgreSQL, which has its own tools: back it up with pg_dump, then the data directory's keys and blobs."));
        await using (var connection = Open(source))
        {
            await connection.OpenAsync(cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $file";
            command.Parameters.AddWithValue("$file", file);
            await command.ExecuteNonQueryAsync(cancel);
        }

        if (!System.OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Throws <c>catalog-damaged</c> when the file is not a whole catalogue.</summary>
    public static async Task CheckAsync(string file, CancellationToken cancel)
    {
        string? answer;
        try
        {
            await using var connection = Open(file);
            await connection.OpenAsync(cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check";
            answer = (string?)await command.ExecuteScalarAsync(cancel);
        }
        catch (SqliteException e)
        {
            answer = e.Message;
        }

        if (answer != "ok")
            throw new CatalogException(new Fault("catalog-damaged", $"{file} is not a whole catalogue: {answer}"));
    }

    private static SqliteConnection Open(string file) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString());
}
