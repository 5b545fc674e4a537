using System;
using System.Buffers.Text;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Users;
using BootDepot.Region.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sessions;

/// <summary>
/// Browsers that are signed in. The catalogue keeps a hash of each cookie, so signing out, a new password and a user who is
/// switched off end a session everywhere at once, and a restart ends none.
/// </summary>
internal sealed class BrowserSessions(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>A session that was not used for so long has ended.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(12);

    /// <summary>No session lives longer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private const int TokenLength = 32;

    // Use is written down this often at most.
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(10);

    private static readonly CatalogQuery<Func<CatalogContext, byte[], CancellationToken, Task<Row?>>> Find = new(() =>
        EF.CompileAsyncQuery((CatalogContext db, byte[] hash, CancellationToken cancel) =>
            db.Sessions.Where(s => s.TokenHash == hash)
                .Select(s => new Row(s.Id, s.Created, s.LastUsed, s.UserId, s.User!.Username, s.User.IsSuperuser, s.User.IsActive))
                .FirstOrDefault()));

    /// <summary>Signs a browser in: returns the value of its cookie. The origin is the address it came from.</summary>
    public async Task<string> BeginAsync(string username, string? origin, CancellationToken cancel)
    {
        var token = RandomNumberGenerator.GetBytes(TokenLength);
        var now = time.GetUtcNow();
        await catalog.ChangeAsync(
            async (db, stop) =>
            {
                await db.Sessions.Where(s => s.LastUsed < now - IdleLimit || s.Created < now - Lifetime).ExecuteDeleteAsync(stop);
                var user = await db.Users.SingleAsync(u => u.Username == username, stop);
                db.Sessions.Add(new BrowserSession { TokenHash = SHA256.HashData(token), User = user, Created = now, LastUsed = now });
                AuditTrail.Append(db, time, new Actor(username, origin), "session.begin", "user/" + username, null, new JsonObject { ["until"] = now + Lifetime });
            },
            cancel);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>
    /// Who sent the request, by its cookie. What changes something must carry the session's own token in a header too, which no other
    /// site can read.
    /// </summary>
    public async Task<AuthOutcome> IdentifyAsync(HttpContext http, CancellationToken cancel)
    {
        if (await FindOrNullAsync(http.Request, cancel) is not { } session)
            return new AuthOutcome.Absent();
        var method = http.Request.Method;
        var isSafe = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        return isSafe || SessionCookie.HasProof(http.Request)
            ? new AuthOutcome.Accepted(session)
            : new AuthOutcome.Forged();
    }

    /// <summary>Who is signed in on that browser; null for nobody.</summary>
    public async Task<Identity?> FindOrNullAsync(HttpRequest request, CancellationToken cancel)
    {
        if (SessionCookie.TokenOrNull(request) is not { } token)
            return null;
        var now = time.GetUtcNow();
        await using var db = await catalog.CreateDbContextAsync(cancel);
        if (await Find.For(db)(db, SHA256.HashData(token), cancel) is not { IsActive: true } row
            || now - row.LastUsed > IdleLimit || now - row.Created > Lifetime)
            return null;
        if (now - row.LastUsed > Grain)
        {
            await catalog.NoteAsync(
                (change, stop) => change.Sessions.Where(s => s.Id == row.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastUsed, now), stop),
                cancel);
        }

        return new Identity(row.UserId, row.Username, row.IsAdmin);
    }

    /// <summary>Signs the browser out. Nothing happens when it was not signed in.</summary>
    public async Task EndAsync(HttpRequest request, CancellationToken cancel)
    {
        if (SessionCookie.TokenOrNull(request) is not { } token)
            return;
        var hash = SHA256.HashData(token);
        var origin = request.HttpContext.Connection.RemoteIpAddress?.ToString();
        await catalog.ChangeAsync(
            async (db, stop) =>
            {
                if (await db.Sessions.Include(s => s.User).FirstOrDefaultAsync(s => s.TokenHash == hash, stop) is not { User.Username: var username } session)
                    return;
                db.Sessions.Remove(session);
                AuditTrail.Append(db, time, new Actor(username, origin), "session.end", "user/" + username, null, null);
            },
            cancel);
    }

    private sealed record Row(
        int Id, DateTimeOffset Created, DateTimeOffset LastUsed, int UserId, string Username, bool IsAdmin, bool IsActive);
}
