using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using BootDepot.Catalog.Users;
using BootDepot.Region.Auth;
using BootDepot.Testing;

namespace BootDepot.HotPathsBench;

/// <summary>The OAuth check of a request: the header read, the key found in the catalogue, the nonce remembered.</summary>
public class Signatures
{
    private CatalogFixture _catalog = null!;
    private OAuthVerifier _verifier = null!;
    private long _nonce;

    [GlobalSetup]
    public async Task MakeAsync()
    {
        _catalog = await CatalogFixture.CreateAsync();
        await _catalog.Database.ChangeAsync(
            (db, _) =>
            {
                var user = new User { Username = "admin", IsSuperuser = true };
                user.ApiKeys.Add(new ApiKey { Name = "bench", ConsumerKey = "consumer", TokenKey = "token", SecretHash = SHA256.HashData("secret"u8) });
                db.Users.Add(user);
                return Task.CompletedTask;
            },
            CancellationToken.None);
        _verifier = new OAuthVerifier(_catalog.Database, new NonceMemory(), TimeProvider.System);
        if (await Request_verified() is not AuthOutcome.Accepted)
            throw new InvalidOperationException("The signature is not accepted.");
    }

    [GlobalCleanup]
    public async Task RemoveAsync() => await _catalog.DisposeAsync();

    [Benchmark]
    public object? Header_read() => OAuthParameters.FromHeaderOrNull(Header(1, 1));

    [Benchmark]
    public async Task<object> Request_verified() =>
        await _verifier.VerifyAsync(OAuthParameters.FromHeaderOrNull(Header(Interlocked.Increment(ref _nonce), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())), CancellationToken.None);

    private static string Header(long nonce, long timestamp) => string.Create(
        CultureInfo.InvariantCulture,
        $"OAuth oauth_nonce=\"{nonce}\", oauth_timestamp=\"{timestamp}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"consumer\", oauth_token=\"token\", oauth_signature=\"%26secret\"");
}
