using System;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Peers;

/// <summary>
/// By what regions of one catalogue know each other when they copy blobs that are not public: a password for each blob, made with a secret
/// that is in the catalogue and nowhere else.
/// </summary>
internal sealed class PeerPass(CatalogDatabase catalog) : IDisposable
{
    // A row in the settings that no API shows.
    private const string SecretSetting = "region_peer_secret";
    private const int SecretLength = 32;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile byte[]? _secret;

    /// <summary>The password for a blob.</summary>
    public async Task<string> ForAsync(Digest digest, CancellationToken cancel) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(await SecretAsync(cancel), Encoding.ASCII.GetBytes("peer/" + digest.Hex)));

    /// <summary>Whether that is the password for the blob.</summary>
    public async Task<bool> IsAsync(string password, Digest digest, CancellationToken cancel)
    {
        var wanted = await ForAsync(digest, cancel);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(password), Encoding.ASCII.GetBytes(wanted));
    }

    /// <inheritdoc />
    public void Dispose() => _reading.Dispose();

    private async Task<byte[]> SecretAsync(CancellationToken cancel)
    {
        if (_secret is { } known)
            return known;
        await _reading.WaitAsync(cancel);
        try
        {
            return _secret ??= Convert.FromHexString(await catalog.ChangeAsync(FindOrMakeAsync, cancel));
        }
        finally
        {
            _reading.Release();
        }
    }

    private static async Task<string> FindOrMakeAsync(CatalogContext db, CancellationToken cancel)
    {
        if (await db.Settings.AsNoTracking().FirstOrDefaultAsync(s => s.Name == SecretSetting, cancel) is { } found)
            return found.Value.Trim('"');
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretLength));
        db.Settings.Add(new Setting { Name = SecretSetting, Value = $"\"{made}\"" });
        return made;
    }
}
