using System;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Uploads.Tus;

/// <summary>
/// "Upon receiving an upload, the Server calculates the checksum of the received data […] and compares. If both checksums do
/// not match, the Server MUST respond with the 460 Checksum Mismatch status and MUST discard the chunk without updating the
/// upload. […] If the Server does not support the algorithm used, it MUST respond with the 400 Bad Request status."
/// "The Upload-Checksum request header […] MUST consist of the name of the used checksum algorithm and the Base64 encoded
/// checksum separated by a space." "The Server MUST support at least the SHA1 checksum algorithm identified by sha1."
/// </summary>
internal sealed class ChecksumRule : IDisposable
{
    /// <summary>Status of a chunk whose bytes are others than the client sent.</summary>
    public const int MismatchStatus = 460;

    /// <summary>What the Tus-Checksum-Algorithm header says.</summary>
    public const string Algorithms = "sha1,sha256";

    private readonly IncrementalHash _hash;
    private readonly byte[] _expected;

    private ChecksumRule(HashAlgorithmName algorithm, byte[] expected) =>
        (_hash, _expected) = (IncrementalHash.CreateHash(algorithm), expected);

    /// <summary>Reads the header; null, and no refusal, when it is not there.</summary>
    public static TusRefusal? Read(HttpRequest request, out ChecksumRule? checksum)
    {
        checksum = null;
        if (request.Headers["Upload-Checksum"] is not [{ Length: > 0 } header])
            return null;
        var words = header.Split(' ');
        HashAlgorithmName? algorithm = words[0] switch
        {
            "sha1" => HashAlgorithmName.SHA1,
            "sha256" => HashAlgorithmName.SHA256,
            _ => null,
        };
        var sum = new byte[64];
        if (algorithm is null || words.Length != 2 || !Convert.TryFromBase64String(words[1], sum, out var count))
            return new TusRefusal(400, $"Upload-Checksum must be one of {Algorithms}, a blank, and the checksum in Base64.");
        checksum = new ChecksumRule(algorithm.Value, sum[..count]);
        return null;
    }

    /// <summary>Takes bytes of the chunk.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Whether all bytes taken are those that the client sent.</summary>
    public bool Holds() => CryptographicOperations.FixedTimeEquals(_hash.GetHashAndReset(), _expected);

    /// <inheritdoc />
    public void Dispose() => _hash.Dispose();
}
