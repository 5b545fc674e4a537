using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace BootDepot.Region.Auth;

/// <summary>
/// Secrets of API keys. Each is derived from its token key by HMAC-SHA-256 under a master key beside the catalogue, so
/// that the account API can show a key again, as its contract wants, although the catalogue holds hashes only.
/// </summary>
internal sealed class ApiKeySecrets
{
    private const int MasterKeyLength = 32;

    private readonly Lazy<byte[]> _masterKey;

    /// <summary>With the master key in that file, which is made at the first use.</summary>
    public ApiKeySecrets(string file) => _masterKey = new Lazy<byte[]>(() => LoadOrCreate(file));

    /// <summary>The secret of that token.</summary>
    public string Derive(string consumerKey, string tokenKey)
    {
        var secret = new StringBuilder(KeyText.SecretLength);
        // Bytes that do not map evenly to the alphabet are passed over, so every letter is equally likely.
        var fair = 256 / KeyText.Alphabet.Length * KeyText.Alphabet.Length;
        for (var block = 0; secret.Length < KeyText.SecretLength; block++)
        {
            var bytes = HMACSHA256.HashData(_masterKey.Value, Encoding.UTF8.GetBytes($"api-key/{consumerKey}/{tokenKey}/{block}"));
            foreach (var b in bytes)
            {
                if (b < fair && secret.Length < KeyText.SecretLength)
                    secret.Append(KeyText.Alphabet[b % KeyText.Alphabet.Length]);
            }
        }

        return secret.ToString();
    }

    /// <summary>The secret when it still fits the stored hash; null for a key that was made under another master key.</summary>
    public string? RevealOrNull(string consumerKey, string tokenKey, byte[] secretHash)
    {
        var secret = Derive(consumerKey, tokenKey);
        return CryptographicOperations.FixedTimeEquals(HashOf(secret), secretHash) ? secret : null;
    }

    /// <summary>What the catalogue keeps of a secret.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static byte[] LoadOrCreate(string file)
    {
        if (!File.Exists(file))
            Create(file);
        var key = File.ReadAllBytes(file);
        return key.Length == MasterKeyLength
            ? key
            : throw new InvalidDataException(
                $"{file} must have {MasterKeyLength} bytes, not {key.Length}. Restore it from a back-up, or delete it: the "
                + "API keys that exist go on working, but can no longer be shown.");
    }

    // Made under another name and linked into place, so that of two processes both use the first one's key.
    private static void Create(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var draft = Path.Combine(folder, "." + Guid.NewGuid().ToString("N"));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(RandomNumberGenerator.GetBytes(MasterKeyLength));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}
