using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Publishing;

/// <summary>The keys of the stream as they are used at one moment.</summary>
/// <param name="Signing">The key that signs.</param>
/// <param name="Published">The keyring that is published: public keys, binary.</param>
internal sealed record StreamKeySet(SigningKey Signing, byte[] Published)
{
    /// <summary>The keyring as signed documents, by path below the stream's base, for racks.</summary>
    public IReadOnlyDictionary<string, byte[]> Signed { get; init; } = ReadOnlyDictionary<string, byte[]>.Empty;
}

/// <summary>
/// The keys as this process uses them: read at the start, and again after a change that was made here. Readers see the former set or the
/// next one, never a mix.
/// </summary>
internal sealed class StreamKeyRing : IDisposable
{
    private readonly Func<StreamKeySet> _read;
    private volatile StreamKeySet _now;

    private StreamKeyRing(Func<StreamKeySet> read)
    {
        _read = read;
        _now = read();
    }

    /// <summary>The keys now.</summary>
    public StreamKeySet Now => _now;

    /// <summary>One key that has neither a successor nor former ones.</summary>
    public static StreamKeyRing Of(SigningKey key)
    {
        var published = key.ExportPublicKey();
        return new StreamKeyRing(() => new StreamKeySet(key, published));
    }

    /// <summary>The keys in a file and beside it; makes the signing key first when there is none.</summary>
    public static StreamKeyRing Open(string file, SigningKeyKind kind, DateTimeOffset now) => new(() =>
    {
        var signing = StreamKeyFile.LoadOrCreate(file, kind, now);
        var keyring = StreamKeys.Keyring(file, signing);
        return new StreamKeySet(signing, keyring) { Signed = StreamKeys.SignedKeyrings(file, signing, keyring) };
    });

    /// <summary>Reads the files again. The former signing key is not disposed: somebody may be signing with it.</summary>
    public void Reload() => _now = _read();

    /// <inheritdoc />
    public void Dispose() => _now.Signing.Dispose();
}
