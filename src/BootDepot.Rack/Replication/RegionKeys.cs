using System;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers.Documents;

namespace BootDepot.Rack.Replication;

/// <summary>
/// The keys that may have signed the region's stream: at first the one that the enrolment token named, later those that a trusted key
/// vouches for, so that a region can replace its key without its racks noticing.
/// </summary>
internal sealed class RegionKeys(RackFolder folder, SignedDocumentFetcher fetcher, RackEnrolment identity)
{
    private RackEnrolment _identity = identity;
    private DocumentState? _known;

    /// <summary>The keys now.</summary>
    public Keyring Now { get; private set; } = Keyring.Parse(identity.Keyring);

    /// <summary>Asks the region for its keyring. The keys stay as they are when it has none that a trusted key signed.</summary>
    public async Task RefreshAsync(StreamLocation location, CancellationToken cancel)
    {
        var answer = await fetcher.FetchAsync(location, StreamPath.Parse(KeyringDocument.Path), _known, Now, null, cancel);
        // The rack was away while the successor was announced: then the former key vouches for it.
        if (answer is SignedDocumentAnswer.Failed)
            answer = await fetcher.FetchAsync(location, StreamPath.Parse(KeyringDocument.FormerPath), null, Now, null, cancel);
        if (answer is not SignedDocumentAnswer.Fetched fetched || KeyringDocument.ReadOrNull(fetched.Text) is not { } keyring)
            return;
        if (!keyring.Span.SequenceEqual(_identity.Keyring.Span))
        {
            var keys = Keyring.Parse(keyring);
            if (keys.Keys.Count == 0)
                return;
            _identity = _identity with { Keyring = keyring };
            RackFolder.Replace(folder.Identity, JsonSerializer.SerializeToUtf8Bytes(_identity, RackWire.Default.RackEnrolment), isSecret: true);
            Now = keys;
        }

        // A region's entity tag is the digest of the bytes.
        _known = new DocumentState($"\"{Convert.ToHexStringLower(SHA256.HashData(fetched.Received.Span))}\"", null);
    }
}
