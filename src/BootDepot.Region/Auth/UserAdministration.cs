using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Users;
using BootDepot.Images;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Auth;

/// <summary>Users and their passwords. Works on the catalogue alone, so it can be used while no server runs.</summary>
public sealed class UserAdministration(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>Longest user name (MAAS's limit), in characters.</summary>
    public const int MaxUsernameLength = 150;

    private static readonly PasswordHasher<User> Hasher = new();

    // Compared with when there is no such user, so that the time taken does not tell.
    private static readonly Lazy<string> NobodysHash = new(() => Hasher.HashPassword(null!, "nobody"));

    /// <summary>Everyone, by name.</summary>
    public async Task<IReadOnlyList<UserFacts>> ListAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var users = await db.Users.AsNoTracking()
            .Select(u => new UserFacts(u.Username, u.Email, u.IsSuperuser, u.IsActive))
            .ToListAsync(cancel);
        users.Sort((a, b) => string.CompareOrdinal(a.Username, b.Username));
        return users;
    }

    /// <summary>The user of that name; null when there is none.</summary>
    public async Task<UserFacts?> FindOrNullAsync(string username, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.Users.AsNoTracking().Where(u => u.Username == username)
            .Select(u => new UserFacts(u.Username, u.Email, u.IsSuperuser, u.IsActive))
            .FirstOrDefaultAsync(cancel);
    }

    /// <summary>Adds a user. Refusals: <c>user-name-invalid</c>, <c>user-exists</c>.</summary>
    /// <param name="username">Letters, digits and <c>@ . + - _</c>.</param>
    /// <param name="email">May be empty.</param>
    /// <param name="password">Null: the user has API keys only.</param>
    /// <param name="isAdmin">Administrator.</param>
    /// <param name="actor">Who does it, for the audit trail.</param>
    /// <param name="cancel">Stops the work.</param>
    public async Task<Outcome<UserFacts>> CreateAsync(
        string username, string email, string? password, bool isAdmin, Actor actor, CancellationToken cancel)
    {
        if (username.Length is 0 or > MaxUsernameLength || !username.All(c => char.IsLetterOrDigit(c) || "@.+-_".Contains(c, StringComparison.Ordinal)))
        {
            return new Fault("user-name-invalid",
                $"'{username}' cannot be a user name: take 1 to {MaxUsernameLength} letters, digits or @ . + - _.");
        }

        var user = new User { Username = username, Email = email, IsSuperuser = isAdmin, Created = time.GetUtcNow() };
        user.PasswordHash = password is null ? null : Hasher.HashPassword(user, password);
        var facts = new UserFacts(username, email, isAdmin, IsActive: true);
        return await catalog.ChangeAsync<Outcome<UserFacts>>(
            async (db, token) =>
            {
                if (await db.Users.AnyAsync(u => u.Username == username, token))
                    return new Fault("user-exists", $"There is a user '{username}' already; choose another name.");
                db.Users.Add(user);
                Record(db, actor, "user.create", username, null, facts);
                return facts;
            },
            cancel);
    }

    /// <summary>Removes a user and the user's keys. Refusals: <c>user-unknown</c>, <c>user-last-admin</c>.</summary>
    public Task<Outcome<UserFacts>> DeleteAsync(string username, Actor actor, CancellationToken cancel) =>
        ChangeAsync(username, actor, "user.delete", user => null, cancel);

    /// <summary>Switches a user on or off: keys and password are refused while off. Refusals as for deleting.</summary>
    public Task<Outcome<UserFacts>> SetActiveAsync(string username, bool isActive, Actor actor, CancellationToken cancel) =>
        ChangeAsync(
            username, actor, "user.update",
            user =>
            {
                user.IsActive = isActive;
                return user;
            },
            cancel);

    /// <summary>Sets a password and signs the user's browsers out. Refusal: <c>user-unknown</c>.</summary>
    public Task<Outcome<UserFacts>> SetPasswordAsync(string username, string password, Actor actor, CancellationToken cancel) =>
        ChangeAsync(
            username, actor, "user.password",
            user =>
            {
                user.PasswordHash = Hasher.HashPassword(user, password);
                return user;
            },
            cancel,
            (db, user, token) => db.Sessions.Where(s => s.UserId == user.Id).ExecuteDeleteAsync(token));

    /// <summary>The active user with that name and password; null when anything is wrong, without saying what.</summary>
    public async Task<UserFacts?> SignInOrNullAsync(string username, string password, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Username == username, cancel);
        var verdict = Hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? NobodysHash.Value, password);
        return verdict != PasswordVerificationResult.Failed && user is { IsActive: true, PasswordHash: not null }
            ? FactsOf(user)
            : null;
    }

    private Task<Outcome<UserFacts>> ChangeAsync(
        string username, Actor actor, string action, Func<User, User?> change, CancellationToken cancel,
        Func<CatalogContext, User, CancellationToken, Task>? also = null) =>
        catalog.ChangeAsync<Outcome<UserFacts>>(
            async (db, token) =>
            {
                if (await db.Users.FirstOrDefaultAsync(u => u.Username == username, token) is not { } user)
                    return new Fault("user-unknown", $"There is no user '{username}'.");
                var before = FactsOf(user);
                var changed = change(user);
                if (before is { IsAdmin: true, IsActive: true } && changed is not { IsActive: true }
                    && !await db.Users.AnyAsync(u => u.Username != username && u.IsSuperuser && u.IsActive, token))
                {
                    db.ChangeTracker.Clear();
                    return new Fault("user-last-admin",
                        $"'{username}' is the last active administrator; make another one first.");
                }

                if (changed is null)
                    db.Users.Remove(user);
                if (also is not null)
                    await also(db, user, token);
                Record(db, actor, action, username, before, changed is null ? null : FactsOf(changed));
                return changed is null ? before : FactsOf(changed);
            },
            cancel);

    private void Record(CatalogContext db, Actor actor, string action, string username, UserFacts? before, UserFacts? after) =>
        AuditTrail.Append(db, time, actor, action, "user/" + username, ToJson(before), ToJson(after));

    private static JsonObject? ToJson(UserFacts? user) => user is null
        ? null
        : new JsonObject
        {
            ["username"] = user.Username,
            ["email"] = user.Email,
            ["is_superuser"] = user.IsAdmin,
            ["is_active"] = user.IsActive,
        };

    private static UserFacts FactsOf(User user) => new(user.Username, user.Email, user.IsSuperuser, user.IsActive);
}
