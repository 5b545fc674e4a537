using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Streams;
using BootDepot.Images;
using BootDepot.Region.Changes;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Publishing.Views;

/// <summary>Views of the published stream and their tokens: list, make, change, delete, revoke.</summary>
internal sealed class ViewAdministration(CatalogDatabase catalog, ChangeSignal changes, TimeProvider time)
{
    private const int SecretLength = 24;

    /// <summary>All, by name.</summary>
    public async Task<IReadOnlyList<StreamView>> ListAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.StreamViews.AsNoTracking().Include(v => v.Tokens).OrderBy(v => v.Name).ToListAsync(cancel);
    }

    /// <summary>The one of that name; null when there is none.</summary>
    public async Task<StreamView?> FindOrNullAsync(string name, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.StreamViews.AsNoTracking().Include(v => v.Tokens).FirstOrDefaultAsync(v => v.Name == name, cancel);
    }

    /// <summary>The private view that a token opens; null when it opens none.</summary>
    public async Task<string?> OpenedByOrNullAsync(string token, CancellationToken cancel)
    {
        var hash = HashOf(token);
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.StreamViewTokens.AsNoTracking().Where(t => t.SecretHash == hash).Select(t => t.View!.Name).FirstOrDefaultAsync(cancel);
    }

    /// <summary>Makes one. Refused: <c>view-exists</c>, <c>view-exclusive-public</c>.</summary>
    public async Task<Outcome<StreamView>> CreateAsync(string name, IReadOnlyList<string> images, bool isPrivate, bool isExclusive, Actor actor, CancellationToken cancel)
    {
        if (isExclusive && !isPrivate)
            return ExclusivePublic(name);
        var now = time.GetUtcNow();
        var view = new StreamView { Name = name, Images = [.. images], IsPrivate = isPrivate, IsExclusive = isExclusive, Created = now, Updated = now };
        var made = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.StreamViews.AnyAsync(v => v.Name == name, token))
                    return false;
                db.StreamViews.Add(view);
                AuditTrail.Append(db, time, actor, "view.create", "view/" + name, null, JsonOf(view));
                return true;
            },
            cancel);
        if (!made)
            return new Fault("view-exists", $"There is a view '{name}' already.");
        changes.Raise();
        return view;
    }

    /// <summary>Changes one; null leaves a field as it is. Refused: <c>view-exclusive-public</c>. Null when there is no such view.</summary>
    public async Task<Outcome<StreamView>?> UpdateAsync(
        string name, IReadOnlyList<string>? images, bool? isPrivate, bool? isExclusive, Actor actor, CancellationToken cancel)
    {
        var changed = await catalog.ChangeAsync<Outcome<StreamView>?>(
            async (db, token) =>
            {
                if (await db.StreamViews.Include(v => v.Tokens).FirstOrDefaultAsync(v => v.Name == name, token) is not { } view)
                    return null;
                if ((isExclusive ?? view.IsExclusive) && !(isPrivate ?? view.IsPrivate))
                    return ExclusivePublic(name);
                var before = JsonOf(view);
                view.Images = images is null ? view.Images : [.. images];
                view.IsPrivate = isPrivate ?? view.IsPrivate;
                view.IsExclusive = isExclusive ?? view.IsExclusive;
                view.Updated = time.GetUtcNow();
                AuditTrail.Append(db, time, actor, "view.update", "view/" + name, before, JsonOf(view));
                return view;
            },
            cancel);
        if (changed is Outcome<StreamView>.Done)
            changes.Raise();
        return changed;
    }

    /// <summary>Deletes one with its tokens; no image goes. False when there is none.</summary>
    public async Task<bool> DeleteAsync(string name, Actor actor, CancellationToken cancel)
    {
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.StreamViews.FirstOrDefaultAsync(v => v.Name == name, token) is not { } view)
                    return false;
                db.StreamViews.Remove(view);
                AuditTrail.Append(db, time, actor, "view.delete", "view/" + name, JsonOf(view), null);
                return true;
            },
            cancel);
        if (found)
            changes.Raise();
        return found;
    }

    /// <summary>Makes a token and returns its secret, this once. Refused: <c>view-token-exists</c>. Null when there is no such view.</summary>
    public async Task<Outcome<string>?> CreateTokenAsync(string name, string tokenName, Actor actor, CancellationToken cancel)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretLength));
        return await catalog.ChangeAsync<Outcome<string>?>(
            async (db, token) =>
            {
                if (await db.StreamViews.Include(v => v.Tokens).FirstOrDefaultAsync(v => v.Name == name, token) is not { } view)
                    return null;
                if (view.Tokens.Exists(t => t.Name == tokenName))
                    return new Fault("view-token-exists", $"The view '{name}' has a token '{tokenName}' already: revoke it first, or take another name.");
                view.Tokens.Add(new StreamViewToken { Name = tokenName, SecretHash = HashOf(secret), Created = time.GetUtcNow() });
                AuditTrail.Append(db, time, actor, "view.token-create", "view/" + name, null, new JsonObject { ["token"] = tokenName });
                return secret;
            },
            cancel);
    }

    /// <summary>Ends a token. False when there is no such view or token.</summary>
    public Task<bool> RevokeTokenAsync(string name, string tokenName, Actor actor, CancellationToken cancel) => catalog.ChangeAsync(
        async (db, token) =>
        {
            if (await db.StreamViewTokens.FirstOrDefaultAsync(t => t.View!.Name == name && t.Name == tokenName, token) is not { } found)
                return false;
            db.StreamViewTokens.Remove(found);
            AuditTrail.Append(db, time, actor, "view.token-revoke", "view/" + name, new JsonObject { ["token"] = tokenName }, null);
            return true;
        },
        cancel);

    private static Fault ExclusivePublic(string name) => new(
        "view-exclusive-public",
        $"The view '{name}' cannot be exclusive and public: say private=true with exclusive=true, or exclusive=false, which lets anybody have its images.");

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static JsonObject JsonOf(StreamView view) => new()
    {
        ["images"] = new JsonArray([.. view.Images.Select(i => (JsonNode)i)]),
        ["private"] = view.IsPrivate,
        ["exclusive"] = view.IsExclusive,
    };
}
