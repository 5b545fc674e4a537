using System;
using System.Globalization;
using System.Net.Http.Headers;

namespace BootDepot.Client;

/// <summary>OAuth 1.0 with signature method PLAINTEXT (RFC 5849 §3.4.4); the consumer secret is empty by contract.</summary>
internal static class OAuthHeader
{
    public static AuthenticationHeaderValue For(MaasApiKey key, TimeProvider time)
    {
        // Only different each time: the signature is the secret itself. Not a RandomNumberGenerator, which loads OpenSSL for plain HTTP too.
        var nonce = Guid.NewGuid().ToString("N");
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new AuthenticationHeaderValue("OAuth",
            $"oauth_nonce=\"{nonce}\", oauth_timestamp=\"{timestamp}\", oauth_version=\"1.0\", "
            + $"oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{Uri.EscapeDataString(key.ConsumerKey)}\", "
            + $"oauth_token=\"{Uri.EscapeDataString(key.TokenKey)}\", "
            + $"oauth_signature=\"%26{Uri.EscapeDataString(key.Secret)}\"");
    }
}
