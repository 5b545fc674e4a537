using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Images;
using BootDepot.Region.Changes;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Publishing;

/// <summary>One key of the published keyring.</summary>
/// <param name="Fingerprint">Its fingerprint, hexadecimal.</param>
/// <param name="Role"><c>signing</c>, <c>next</c> (announced, signs nothing yet) or <c>former</c>.</param>
/// <param name="Algorithm">As in <c>RSA 4096</c>.</param>
/// <param name="Created">When it was made.</param>
internal sealed record StreamKeyFacts(string Fingerprint, string Role, string Algorithm, DateTimeOffset Created);

/// <summary>Shows and changes the keys of the published stream while it is served.</summary>
internal sealed class StreamKeyRotation(string file, StreamKeyRing ring, CatalogDatabase catalog, ChangeSignal changes, TimeProvider time)
{
    private readonly Lock _one = new();

    /// <summary>What is in the published keyring, the signing key first.</summary>
    public IReadOnlyList<StreamKeyFacts> List()
    {
        lock (_one)
        {
            var (signing, published) = ring.Now;
            var next = StreamKeys.NextOrNull(file);
            return
            [
                .. Keyring.Parse(published).Keys.DistinctBy(k => k.Fingerprint.Hex, StringComparer.Ordinal).Select(k => new StreamKeyFacts(
                    k.Fingerprint.Hex,
                    k.Fingerprint.Hex == signing.Fingerprint.Hex ? "signing" : k.Fingerprint.Hex == next ? "next" : "former",
                    k.Algorithm,
                    k.CreatedAt)),
            ];
        }
    }

    /// <summary>Makes the next key and publishes it. Refusal: <c>stream-key-announced</c>.</summary>
    public Task<Fault?> AnnounceAsync(Actor actor, CancellationToken cancel) =>
        ChangeAsync("stream-key.announce", () => StreamKeys.Announce(file, SigningKeyKind.Ed25519, time.GetUtcNow()), actor, cancel);

    /// <summary>Lets the announced key sign from now on. Refusal: <c>stream-key-not-announced</c>.</summary>
    public Task<Fault?> SwitchAsync(Actor actor, CancellationToken cancel) => ChangeAsync("stream-key.switch", () => StreamKeys.Switch(file), actor, cancel);

    /// <summary>Takes the former keys out of the keyring. Refusal: <c>stream-key-no-former</c>.</summary>
    public Task<Fault?> DropFormerAsync(Actor actor, CancellationToken cancel) => ChangeAsync(
        "stream-key.drop-former",
        () => StreamKeys.DropFormer(file) ? ring.Now.Signing.Fingerprint.Hex : new Fault("stream-key-no-former", "No former key is published any more."),
        actor,
        cancel);

    private async Task<Fault?> ChangeAsync(string action, Func<Outcome<string>> change, Actor actor, CancellationToken cancel)
    {
        string fingerprint;
        lock (_one)
        {
            switch (change())
            {
                case Outcome<string>.Refused refused:
                    return refused.Fault;
                case Outcome<string>.Done done:
                    fingerprint = done.Value;
                    break;
                default:
                    throw new InvalidOperationException("An outcome is done or refused.");
            }

            ring.Reload();
        }

        // The stream is signed anew for whoever asks next.
        changes.Raise();
        await catalog.ChangeAsync(
            (db, _) =>
            {
                AuditTrail.Append(db, time, actor, action, "stream-key/" + fingerprint, null, new JsonObject { ["fingerprint"] = fingerprint });
                return Task.CompletedTask;
            },
            cancel);
        return null;
    }
}
