using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Npgsql;

namespace BootDepot.Catalog.Postgres;

/// <summary>
/// Hears of changes that other processes committed, by LISTEN/NOTIFY
/// (https://www.postgresql.org/docs/current/sql-notify.html). Triggers send the notifications, so that one goes out with each
/// commit that changes such a table, and never without it. Of racks only what they are told counts: what they report comes too often.
/// </summary>
internal static class PostgresChanges
{
    /// <summary>The name listened to.</summary>
    public const string Channel = "bootdepot_changes";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What makes the triggers; the payload is the table's name.</summary>
    public const string Triggers = $"""
        CREATE OR REPLACE FUNCTION bootdepot_notify() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_notify('{Channel}', TG_TABLE_NAME); RETURN NULL; END $$;
        CREATE OR REPLACE TRIGGER bootdepot_notify AFTER INSERT OR UPDATE OR DELETE ON "Resources" FOR EACH STATEMENT EXECUTE FUNCTION bootdepot_notify();
        CREATE OR REPLACE TRIGGER bootdepot_notify AFTER INSERT OR UPDATE OR DELETE ON "Sets" FOR EACH STATEMENT EXECUTE FUNCTION bootdepot_notify();
        CREATE OR REPLACE TRIGGER bootdepot_notify AFTER INSERT OR UPDATE OR DELETE ON "Settings" FOR EACH STATEMENT EXECUTE FUNCTION bootdepot_notify();
        CREATE OR REPLACE TRIGGER bootdepot_notify AFTER INSERT OR UPDATE OR DELETE ON "MachineAssignments" FOR EACH STATEMENT EXECUTE FUNCTION bootdepot_notify();
        CREATE OR REPLACE TRIGGER bootdepot_notify AFTER INSERT OR UPDATE OR DELETE ON "StreamViews" FOR EACH STATEMENT EXECUTE FUNCTION bootdepot_notify();
        CREATE OR REPLACE TRIGGER bootdepot_notify AFTER UPDATE OF "Name", "Mode", "Policy", "ImportRequests" ON "Racks" FOR EACH STATEMENT EXECUTE FUNCTION bootdepot_notify();
        """;

    /// <summary>
    /// Calls <paramref name="changed"/> after commits, until cancelled. After a lost connection it is called too, as nobody
    /// knows what was missed.
    /// </summary>
    public static async Task ListenAsync(NpgsqlDataSource source, Action changed, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, _) => changed();
                await using (var command = connection.CreateCommand())
                {
                    command.CommandText = "LISTEN " + Channel;
                    await command.ExecuteNonQueryAsync(cancellationToken);
                }

                changed();
                while (true)
                    await connection.WaitAsync(cancellationToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or SocketException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }
}
