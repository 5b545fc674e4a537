using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Npgsql;

namespace BootDepot.Testing;

/// <summary>
/// A real PostgreSQL, from the system's package: started by the first test of a process that asks, stopped with the process
/// (also when that is killed). It listens on a socket in a folder of its own, and promises nothing about power cuts.
/// </summary>
public sealed class PostgresServer
{
    private static readonly Once<PostgresServer> One = new(() => StartAsync());

    private readonly string _folder;
    private readonly Process _shell;

    private PostgresServer(string folder, Process shell)
    {
        _folder = folder;
        _shell = shell;
    }

    /// <summary>The one that the tests of this process share.</summary>
    public static Task<PostgresServer> SharedAsync() => One.GetAsync();

    /// <summary>Starts one for a test that stops and starts it; <see cref="StopAsync"/> ends it.</summary>
    /// <param name="syncs">Whether commits are synced to disk, as where figures are taken; tests need not wait for that.</param>
    public static async Task<PostgresServer> StartAsync(bool syncs = false)
    {
        var folder = Directory.CreateTempSubdirectory("bootdepot-pg-").FullName;
        // Its end of standard input closes when this process ends, whatever the way.
        var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", Script, "postgres", folder, syncs ? "" : Unsynced])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var server = new PostgresServer(folder, shell);
        while (await shell.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "up")
                return server;
        }

        throw new InvalidOperationException("PostgreSQL did not start: " + await shell.StandardError.ReadToEndAsync());
    }

    /// <summary>How to connect to a database of that name.</summary>
    public string ConnectionTo(string database) =>
        $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=12;Include Error Detail=true";

    /// <summary>Creates a database with a name of its own, as a copy of <paramref name="template"/>; returns its name.</summary>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = "test_" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        await ExecuteAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    /// <summary>Drops a database, whoever is connected.</summary>
    public Task DropDatabaseAsync(string name) => ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>Runs a command in a database.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Cuts every connection and stops answering, as a restart does, until <see cref="ResumeAsync"/>.</summary>
    public Task PauseAsync() => SayAsync("stop");

    /// <summary>Answers again.</summary>
    public Task ResumeAsync() => SayAsync("start");

    /// <summary>Ends it and removes its folder.</summary>
    public async Task StopAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task SayAsync(string word)
    {
        await _shell.StandardInput.WriteLineAsync(word);
        await _shell.StandardInput.FlushAsync();
        while (await _shell.StandardOutput.ReadLineAsync() is { } line && line != "did " + word)
        {
        }
    }

    private const string Unsynced = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

    // PostgreSQL refuses to run as root.
    private const string Script = """
        set -eu
        dir=$1 unsynced=$2
        bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
        as=()
        if [ "$(id -u)" = 0 ]; then
          chown postgres "$dir"
          as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
        fi
        cd "$dir"
        "${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >"$dir/init.log" 2>&1
        start() { "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" -o "-k $dir -c listen_addresses='' $unsynced -c max_connections=200" start >/dev/null </dev/null; }
        stop() { "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m fast stop >/dev/null </dev/null || true; }
        up=
        # The log is for who waits for the start; later nobody reads it, and writing it to nobody would keep this from stopping the server.
        trap '[ -n "$up" ] || cat "$dir"/*.log >&2 || true; stop; cd /; rm -rf "$dir"' EXIT
        start
        up=1
        echo up
        while read -r word; do
          "$word"
          echo "did $word"
        done
        """;
}
