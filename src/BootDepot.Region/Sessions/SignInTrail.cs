using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sessions;

/// <summary>
/// Writes refused sign-ins into the audit trail: the first of a user and an address in a minute at once, the others of that minute as a
/// number in the next entry, and never more than some entries a minute, so that a flood fills no disk. A name that no user has is not
/// written: people type passwords there.
/// </summary>
internal sealed class SignInTrail(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>Most entries of one minute, whoever tries from wherever.</summary>
    public const int MostPerMinute = 30;

    /// <summary>Stands for every name that no user has.</summary>
    public const string Nobody = "unknown";

    private readonly Lock _gate = new();
    private readonly HashSet<(string User, string? Address)> _written = [];
    private long _minute;
    private int _unwritten;

    /// <summary>Notes a refused sign-in.</summary>
    /// <param name="username">The name that was given.</param>
    /// <param name="address">Where it came from.</param>
    /// <param name="cancel">Stops the work.</param>
    public async Task RefusedAsync(string username, string? address, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var user = await db.Users.AsNoTracking().Where(u => u.Username == username).Select(u => u.Username).FirstOrDefaultAsync(cancel) ?? Nobody;
        if (BeginOrNull(user, address) is not { } before)
            return;
        await catalog.ChangeAsync(
            (change, _) =>
            {
                AuditTrail.Append(
                    change, time, new Actor(user, address), "session.refuse", "user/" + user, null,
                    before == 0 ? null : new JsonObject { ["also_refused_before"] = before });
                return Task.CompletedTask;
            },
            cancel);
    }

    // How many were not written since the last entry; null: this one is not written either.
    private int? BeginOrNull(string user, string? address)
    {
        var minute = time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
        lock (_gate)
        {
            if (minute != _minute)
                _written.Clear();
            _minute = minute;
            if (_written.Count >= MostPerMinute || !_written.Add((user, address)))
            {
                _unwritten++;
                return null;
            }

            (var before, _unwritten) = (_unwritten, 0);
            return before;
        }
    }
}
