using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Racks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Simplestreams.Signatures;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>Lets racks in: tokens that work once, enrolment, and the check of a rack's key.</summary>
public sealed class RackAdmission(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>How long a token works unless somebody says otherwise.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);

    /// <summary>The longest that one may work.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    /// <summary>Makes a token. It is shown now and never again.</summary>
    /// <param name="name">The name that the rack gets; empty: its host's.</param>
    /// <param name="lifetime">How long the token works.</param>
    /// <param name="streamKey">The key that signs the region's stream.</param>
    /// <param name="actor">Who makes it.</param>
    /// <param name="cancel">Stops the work.</param>
    public async Task<Outcome<RackToken>> CreateTokenAsync(
        string name, TimeSpan lifetime, SigningKey streamKey, Actor actor, CancellationToken cancel)
    {
        if (lifetime <= TimeSpan.Zero || lifetime > LongestLifetime)
            return new Fault("rack-token-lifetime", $"A token works for up to {LongestLifetime.TotalDays:0} days, not for {lifetime}.");
        if (name.Length > 0 && !SafeName.IsSafe(name))
            return NameUnusable(name);
        var secret = RackSecrets.New();
        await catalog.ChangeAsync(
            (db, _) =>
            {
                var now = time.GetUtcNow();
                db.RackTokens.Add(new RackEnrolmentToken { SecretHash = RackSecrets.HashOf(secret), Name = name, Created = now, Expires = now + lifetime });
                AuditTrail.Append(db, time, actor, "rack-token.create", "rack-token", null, new JsonObject { ["name"] = name });
                return Task.CompletedTask;
            },
            cancel);
        return new RackToken(secret, streamKey.Fingerprint.Hex);
    }

    /// <summary>Makes the bearer of a token a rack, and uses the token up.</summary>
    internal Task<Outcome<RackEnrolment>> EnrolAsync(
        RackEnrolmentRequest request, RegionIdentity region, SigningKey streamKey, string? origin, CancellationToken cancel) =>
        catalog.ChangeAsync<Outcome<RackEnrolment>>(
            async (db, token) =>
            {
                var now = time.GetUtcNow();
                await db.RackTokens.Where(t => t.Expires <= now).ExecuteDeleteAsync(token);
                var hash = RackSecrets.HashOf(request.Token.Split('.')[0]);
                if (await db.RackTokens.FirstOrDefaultAsync(t => t.SecretHash == hash, token) is not { } known)
                {
                    return new Fault(
                        "rack-token-refused",
                        "This enrolment token was used before, has expired, or is none. Make another: bootdepot admin rack-token");
                }

                var wanted = known.Name.Length > 0 ? known.Name : SafeName.IsSafe(request.Hostname) ? request.Hostname : "rack";
                var secret = RackSecrets.New();
                var rack = new RackController
                {
                    SystemId = await FreeSystemIdAsync(db, token),
                    Uuid = Guid.NewGuid().ToString(),
                    Name = await FreeNameAsync(db, wanted, token),
                    SecretHash = RackSecrets.HashOf(secret),
                    Created = now,
                    LastContact = now,
                    Version = Short(request.Version, MaxLengths.Name),
                    Url = Short(request.Url ?? "", MaxLengths.Url),
                };
                db.RackTokens.Remove(known);
                db.Racks.Add(rack);
                AuditTrail.Append(
                    db, time, new Actor("rack:" + rack.Name, origin), "rack.enrol", "rack/" + rack.SystemId, null,
                    new JsonObject { ["name"] = rack.Name });
                return new RackEnrolment
                {
                    SystemId = rack.SystemId,
                    Name = rack.Name,
                    Key = RackSecrets.KeyOf(rack.SystemId, secret),
                    RegionUuid = region.Uuid,
                    Keyring = streamKey.ExportPublicKey(),
                };
            },
            cancel);

    /// <summary>The rack whose key that is; null when there is none.</summary>
    internal async Task<RackController?> FindOrNullAsync(string? authorization, CancellationToken cancel)
    {
        if (RackSecrets.ReadOrNull(authorization) is not var (id, hash))
            return null;
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var rack = await db.Racks.AsNoTracking().FirstOrDefaultAsync(r => r.SystemId == id, cancel);
        return rack is not null && CryptographicOperations.FixedTimeEquals(rack.SecretHash, hash) ? rack : null;
    }

    internal static Fault NameUnusable(string name) =>
        new("rack-name-unusable", $"'{name}' cannot be a rack's name: it must be one word without slashes.");

    private static async Task<string> FreeSystemIdAsync(CatalogContext db, CancellationToken cancel)
    {
        while (true)
        {
            var id = RackSecrets.NewSystemId();
            if (!await db.Racks.AnyAsync(r => r.SystemId == id, cancel))
                return id;
        }
    }

    private static async Task<string> FreeNameAsync(CatalogContext db, string wanted, CancellationToken cancel)
    {
        var name = wanted;
        for (var n = 2; await db.Racks.AnyAsync(r => r.Name == name, cancel); n++)
            name = FormattableString.Invariant($"{Short(wanted, MaxLengths.Name - 8)}-{n}");
        return name;
    }

    private static string Short(string text, int length) => text.Length <= length ? text : text[..length];
}
