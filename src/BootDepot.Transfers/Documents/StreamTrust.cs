using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Transfers.Documents;

/// <summary>How the documents of one source are judged. One rule for all of a source's documents, whatever their names end in.</summary>
public sealed record StreamTrust
{
    private StreamTrust(Keyring? keyring) => Keyring = keyring;

    /// <summary>
    /// Nothing is verified: an operator's decision, for a mirror on a network that is trusted instead.
    /// </summary>
    public static StreamTrust Unverified { get; } = new((Keyring?)null);

    /// <summary>Whose signatures count; null when nothing is verified.</summary>
    public Keyring? Keyring { get; }

    /// <summary>Take signatures of keys that have expired; an operator's decision too.</summary>
    public bool AllowExpiredKeys { get; init; }

    /// <summary>What is too much in a document.</summary>
    public StreamLimits Limits { get; init; } = StreamLimits.Default;

    /// <summary>Every document needs a good signature by a key of this keyring.</summary>
    public static StreamTrust In(Keyring keyring) => new(keyring);
}
