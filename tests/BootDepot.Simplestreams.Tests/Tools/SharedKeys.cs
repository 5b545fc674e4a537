using System;
using System.Collections.Concurrent;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;

[assembly: AssemblyFixture(typeof(SharedKeys))]

namespace BootDepot.Simplestreams.Tests.Tools;

/// <summary>Keys made by GnuPG, each when first asked for; making them is what costs time.</summary>
public sealed class SharedKeys : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<string>> _keys = new(StringComparer.Ordinal);

    public GnuPg Gpg { get; } = new();

    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>The fingerprint of a key of that algorithm, as in rsa2048.</summary>
    public string Key(string algorithm) =>
        _keys.GetOrAdd(algorithm, a => new Lazy<string>(() => Gpg.MakeKey(a))).Value;

    public byte[] Export(string algorithm) => Gpg.Export(Key(algorithm));

    internal Keyring Keyring(params string[] algorithms) => BootDepot.Simplestreams.Signatures.Keyring.Parse(Gpg.Export(Array.ConvertAll(algorithms, Key)));

    internal VerificationPolicy Policy => new(Now.AddMinutes(5));

    public void Dispose() => Gpg.Dispose();
}
