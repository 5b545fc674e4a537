using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Publishing;

/// <summary>
/// The keys of the published stream and their succession. A successor is announced first: it is in the published keyring, but signs
/// nothing. When clients have had time to fetch the keyring it takes over, and the former key stays in the keyring until it is
/// dropped. So whoever has any keyring from the announcement on can verify every state of the stream. Racks have no operator who gives them
/// keyrings: for them the keyring is also published signed, by the signing key and after a succession by the former one.
/// </summary>
public static class StreamKeys
{
    private const string NextSuffix = ".next";
    private const string FormerSuffix = ".former";
    private const string SuccessionSuffix = ".succession";
    private const long MostBytes = 1024 * 1024;

    /// <summary>The published keyring: the signing key first, then the announced one and the former ones.</summary>
    /// <param name="file">The file of the signing key.</param>
    /// <param name="current">The signing key.</param>
    public static byte[] Keyring(string file, SigningKey current)
    {
        var keyring = new List<byte>(current.ExportPublicKey());
        if (File.Exists(file + NextSuffix))
        {
            using var next = Load(file + NextSuffix);
            keyring.AddRange(next.ExportPublicKey());
        }

        if (File.Exists(file + FormerSuffix))
            keyring.AddRange(Read(file + FormerSuffix));
        return [.. keyring];
    }

    /// <summary>Fingerprint of the announced key, hexadecimal; null when none is announced.</summary>
    public static string? NextOrNull(string file)
    {
        if (!File.Exists(file + NextSuffix))
            return null;
        using var next = Load(file + NextSuffix);
        return next.Fingerprint.Hex;
    }

    /// <summary>Makes the successor and announces it. A region that runs publishes it when it reads the keys again.</summary>
    public static Outcome<string> Announce(string file, SigningKeyKind kind, DateTimeOffset now)
    {
        if (File.Exists(file + NextSuffix))
        {
            using var there = Load(file + NextSuffix);
            return new Fault("stream-key-announced", $"The key {there.Fingerprint.Hex} is announced already. Let it take over (admin rotate-stream-key --switch) before another is made.");
        }

        using var next = StreamKeyFile.LoadOrCreate(file + NextSuffix, kind, now);
        return next.Fingerprint.Hex;
    }

    /// <summary>Lets the announced key take over; the former one stays in the keyring.</summary>
    public static Outcome<string> Switch(string file)
    {
        if (!File.Exists(file + NextSuffix))
            return new Fault("stream-key-not-announced", "No key is announced. Announce one first, and wait until all clients have fetched the new keyring.");
        using var next = Load(file + NextSuffix);
        using (var former = Load(file))
        {
            var kept = File.Exists(file + FormerSuffix) ? Read(file + FormerSuffix) : [];
            WriteDurably(file + SuccessionSuffix, SignKeyring(former, Keyring(file, former)));
            WriteDurably(file + FormerSuffix, [.. former.ExportPublicKey(), .. kept]);
        }

        // One rename: a crash before it leaves the announcement standing, with the signing key twice in the keyring.
        File.Move(file + NextSuffix, file, overwrite: true);
        return next.Fingerprint.Hex;
    }

    /// <summary>Takes the former keys out of the keyring. False when there are none.</summary>
    public static bool DropFormer(string file)
    {
        if (!File.Exists(file + FormerSuffix))
            return false;
        File.Delete(file + SuccessionSuffix);
        File.Delete(file + FormerSuffix);
        return true;
    }

    /// <summary>The keyring signed by the signing key and, after a succession, by the former one: by path below the stream's base.</summary>
    internal static IReadOnlyDictionary<string, byte[]> SignedKeyrings(string file, SigningKey current, byte[] keyring)
    {
        var signed = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [KeyringDocument.Path] = SignKeyring(current, keyring) };
        if (File.Exists(file + SuccessionSuffix))
            signed[KeyringDocument.FormerPath] = Read(file + SuccessionSuffix);
        return signed;
    }

    // As old as the youngest key in it: the same keyring gives the same document.
    private static byte[] SignKeyring(SigningKey key, byte[] keyring) =>
        key.ClearSign(KeyringDocument.Write(keyring), Simplestreams.Signatures.Keyring.Parse(keyring).Keys.Max(k => k.CreatedAt));

    private static SigningKey Load(string file) => SigningKey.Load(Read(file));

    private static byte[] Read(string file) =>
        new FileInfo(file).Length <= MostBytes ? File.ReadAllBytes(file) : throw new IOException($"{file} is too large to be a key.");

    private static void WriteDurably(string file, byte[] bytes)
    {
        var temporary = file + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }
}
