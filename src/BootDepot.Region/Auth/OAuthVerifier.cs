using BootDepot.Catalog.Users;
using System;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Auth;

/// <summary>
/// Checks OAuth 1.0 parameters in MAAS's order: version, consumer, token, timestamp, nonce, signature method, signature.
/// It runs when the headers are there and before a byte of the body is read, so a slow upload never loses its bytes to
/// an old timestamp. Only PLAINTEXT is accepted (what every MAAS client sends): HMAC-SHA1 would need the body first.
/// </summary>
internal sealed class OAuthVerifier(CatalogDatabase catalog, NonceMemory nonces, TimeProvider time)
{
    /// <summary>A timestamp older than this is refused; one in the future never is.</summary>
    public const int TimestampThresholdSeconds = 300;

    private const string Plaintext = "PLAINTEXT";

    private static readonly CatalogQuery<Func<CatalogContext, string, string, CancellationToken, Task<Key?>>> FindKey = new(() =>
        EF.CompileAsyncQuery((CatalogContext db, string consumer, string token, CancellationToken cancel) =>
            db.ApiKeys
                .Where(k => k.TokenKey == token || k.ConsumerKey == consumer)
                .OrderBy(k => k.TokenKey == token ? 0 : 1)
                .Select(k => new Key(
                    k.ConsumerKey, k.TokenKey, k.SecretHash, k.UserId, k.User!.Username, k.User.IsSuperuser, k.User.IsActive,
                    k.Scope))
                .FirstOrDefault()));

    /// <summary>Checks them.</summary>
    public async Task<AuthOutcome> VerifyAsync(OAuthParameters? oauth, CancellationToken cancel)
    {
        if (oauth is not { IsComplete: true })
            return new AuthOutcome.Absent();
        if (oauth.Version is not (null or "1.0"))
            return new AuthOutcome.Refused($"'OAuth version {Shown(oauth.Version)} not supported.'");

        await using var db = await catalog.CreateDbContextAsync(cancel);
        var key = await FindKey.For(db)(db, oauth.ConsumerKey!, oauth.Token!, cancel);
        if (key is null || key.ConsumerKey != oauth.ConsumerKey)
            return new AuthOutcome.Refused("Invalid API key.");
        if (key.TokenKey != oauth.Token)
            return new AuthOutcome.Refused($"'Invalid access token: {Shown(oauth.Token!)}'");
        if (!long.TryParse(oauth.Timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var timestamp))
            return new AuthOutcome.Malformed($"Parameter oauth_timestamp must be a whole number, not '{Shown(oauth.Timestamp!)}'.");
        return CheckFresh(oauth, timestamp) ?? CheckSignature(oauth, key) ?? Use(oauth, timestamp, key);
    }

    private AuthOutcome.Refused? CheckFresh(OAuthParameters oauth, long timestamp)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (now > TimestampThresholdSeconds && timestamp < now - TimestampThresholdSeconds)
        {
            return new AuthOutcome.Refused(string.Create(CultureInfo.InvariantCulture,
                $"'Expired timestamp: given {timestamp} and now {now} has a greater difference than threshold {TimestampThresholdSeconds}'"));
        }

        return nonces.IsUsed(oauth) ? NonceUsed(oauth) : null;
    }

    private static AuthOutcome.Refused? CheckSignature(OAuthParameters oauth, Key key)
    {
        if (oauth.SignatureMethod != Plaintext)
        {
            return new AuthOutcome.Refused(
                $"'Signature method {Shown(oauth.SignatureMethod!)} not supported try one of the following: {Plaintext}'");
        }

        // RFC 5849, section 3.4.4: consumer secret (empty), ampersand, token secret.
        var secret = oauth.Signature!.StartsWith('&') ? oauth.Signature[1..] : "";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        return CryptographicOperations.FixedTimeEquals(hash, key.SecretHash)
            ? null
            : new AuthOutcome.Refused("'Invalid signature.'");
    }

    // Only good signatures use a nonce up, so that a stranger cannot spend those of others.
    private AuthOutcome Use(OAuthParameters oauth, long timestamp, Key key)
    {
        if (!nonces.TryUse(oauth, timestamp, time.GetUtcNow().ToUnixTimeSeconds()))
            return NonceUsed(oauth);
        return key.IsActive
            ? new AuthOutcome.Accepted(new Identity(key.UserId, key.Username, key.IsAdmin, key.Scope))
            : new AuthOutcome.Inactive();
    }

    private static AuthOutcome.Refused NonceUsed(OAuthParameters oauth) => new($"'Nonce already used: {Shown(oauth.Nonce!)}'");

    // Text of a stranger goes into a page: short, and without characters that mean something in HTML.
    private static string Shown(string text) =>
        new([.. text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_').Take(64)]);

    private sealed record Key(
        string ConsumerKey, string TokenKey, byte[] SecretHash, int UserId, string Username, bool IsAdmin, bool IsActive, KeyScope Scope);
}
