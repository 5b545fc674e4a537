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
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Auth;

/// <summary>API keys of users. Works on the catalogue alone, so it can be used while no server runs.</summary>
public sealed class ApiKeyAdministration
{
    /// <summary>Name of a key that got none.</summary>
    public const string DefaultName = "MAAS consumer";

    private readonly CatalogDatabase _catalog;
    private readonly ApiKeySecrets _secrets;
    private readonly TimeProvider _time;

    /// <summary>On that catalogue; the master key of secrets is below the data directory.</summary>
    public ApiKeyAdministration(CatalogDatabase catalog, DataFolder data, TimeProvider time)
    {
        _catalog = catalog;
        _secrets = new ApiKeySecrets(data.ApiKeyMaster);
        _time = time;
    }

    /// <summary>Makes a key. Refusal: <c>user-unknown</c>.</summary>
    public Task<Outcome<ApiKeyFacts>> CreateAsync(string username, string? name, Actor actor, CancellationToken cancel) =>
        CreateAsync(username, name, KeyScope.All, actor, cancel);

    /// <summary>Makes a key that may be used for something only. Refusal: <c>user-unknown</c>.</summary>
    public Task<Outcome<ApiKeyFacts>> CreateAsync(string username, string? name, KeyScope scope, Actor actor, CancellationToken cancel) =>
        _catalog.ChangeAsync<Outcome<ApiKeyFacts>>(
            async (db, token) => await FindUserOrNullAsync(db, username, token) is { } user
                ? Add(db, user, name, scope, actor)
                : UnknownUser(username),
            cancel);

    /// <summary>
    /// The user's oldest key of that name (of any name when null) whose secret can be shown, or a new one. Refusal:
    /// <c>user-unknown</c>.
    /// </summary>
    public Task<Outcome<ApiKeyFacts>> FindOrCreateAsync(string username, string? name, Actor actor, CancellationToken cancel) =>
        _catalog.ChangeAsync<Outcome<ApiKeyFacts>>(
            async (db, token) =>
            {
                if (await FindUserOrNullAsync(db, username, token) is not { } user)
                    return UnknownUser(username);
                var keys = await db.ApiKeys.AsNoTracking()
                    .Where(k => k.UserId == user.Id && k.Scope == KeyScope.All && (name == null || k.Name == name))
                    .OrderBy(k => k.Id).ToListAsync(token);
                return keys.Select(FactsOf).FirstOrDefault(k => k.Secret.Length > 0) ?? Add(db, user, name, KeyScope.All, actor);
            },
            cancel);

    /// <summary>A user's keys, oldest first.</summary>
    public async Task<IReadOnlyList<ApiKeyFacts>> ListAsync(string username, CancellationToken cancel)
    {
        await using var db = await _catalog.CreateDbContextAsync(cancel);
        var keys = await db.ApiKeys.AsNoTracking()
            .Where(k => k.User!.Username == username).OrderBy(k => k.Id).ToListAsync(cancel);
        return [.. keys.Select(FactsOf)];
    }

    /// <summary>Revokes a key for good. Refusal: <c>api-key-unknown</c>.</summary>
    /// <param name="username">Whose key.</param>
    /// <param name="key">Its middle part, or all of it.</param>
    /// <param name="actor">Who does it, for the audit trail.</param>
    /// <param name="cancel">Stops the work.</param>
    public Task<Outcome<ApiKeyFacts>> RevokeAsync(string username, string key, Actor actor, CancellationToken cancel) =>
        ChangeAsync(username, key, actor, "api-key.revoke", (db, k) => db.ApiKeys.Remove(k), cancel);

    /// <summary>Gives a key another name. Refusal: <c>api-key-unknown</c>.</summary>
    public Task<Outcome<ApiKeyFacts>> RenameAsync(
        string username, string key, string name, Actor actor, CancellationToken cancel) =>
        ChangeAsync(username, key, actor, "api-key.rename", (_, k) => k.Name = name, cancel);

    private Task<Outcome<ApiKeyFacts>> ChangeAsync(
        string username, string key, Actor actor, string action, Action<CatalogContext, ApiKey> change, CancellationToken cancel)
    {
        var tokenKey = key.Split(':') is [_, var middle, _] ? middle : key;
        return _catalog.ChangeAsync<Outcome<ApiKeyFacts>>(
            async (db, token) =>
            {
                var found = await db.ApiKeys.FirstOrDefaultAsync(
                    k => k.TokenKey == tokenKey && k.User!.Username == username, token);
                if (found is null)
                    return new Fault("api-key-unknown", $"User '{username}' has no API key '{tokenKey}'.");
                var before = JsonOf(found);
                change(db, found);
                Record(db, actor, action, found, before, action == "api-key.revoke" ? null : JsonOf(found));
                return FactsOf(found);
            },
            cancel);
    }

    private ApiKeyFacts Add(CatalogContext db, User user, string? name, KeyScope scope, Actor actor)
    {
        var (consumer, token) = (KeyText.NewKey(), KeyText.NewKey());
        var key = new ApiKey
        {
            User = user,
            Name = string.IsNullOrEmpty(name) ? DefaultName : name,
            ConsumerKey = consumer,
            TokenKey = token,
            SecretHash = ApiKeySecrets.HashOf(_secrets.Derive(consumer, token)),
            Scope = scope,
            Created = _time.GetUtcNow(),
        };
        db.ApiKeys.Add(key);
        Record(db, actor, "api-key.create", key, null, JsonOf(key));
        return FactsOf(key);
    }

    private void Record(CatalogContext db, Actor actor, string action, ApiKey key, JsonObject? before, JsonObject? after) =>
        AuditTrail.Append(db, _time, actor, action, "api-key/" + key.TokenKey, before, after);

    private static JsonObject JsonOf(ApiKey key) =>
        key.Scope == KeyScope.All ? new() { ["name"] = key.Name } : new() { ["name"] = key.Name, ["scope"] = KeyScopes.NameOf(key.Scope) };

    private static Task<User?> FindUserOrNullAsync(CatalogContext db, string username, CancellationToken cancel) =>
        db.Users.FirstOrDefaultAsync(u => u.Username == username, cancel);

    private static Fault UnknownUser(string username) => new("user-unknown", $"There is no user '{username}'.");

    private ApiKeyFacts FactsOf(ApiKey key) => new(
        key.Name, key.ConsumerKey, key.TokenKey,
        _secrets.RevealOrNull(key.ConsumerKey, key.TokenKey, key.SecretHash) ?? "", key.Created);
}
