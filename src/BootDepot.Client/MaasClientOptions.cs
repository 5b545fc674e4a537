using System;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace BootDepot.Client;

/// <summary>How a client talks to its server. The defaults suit most programs.</summary>
public sealed record MaasClientOptions
{
    /// <summary>
    /// The HTTP client to use, as from <see cref="IHttpClientFactory"/>; it is not disposed with the
    /// <see cref="MaasClient"/>. Null: the client makes its own and keeps its connections. Certificate options below
    /// count only for an own one. Its <see cref="HttpClient.Timeout"/> applies; infinite is right, because
    /// <see cref="Timeout"/> and <see cref="StallTimeout"/> do the work.
    /// </summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>Whether connecting with a key asks the server if it knows the key (one request). True by default.</summary>
    public bool VerifyCredentials { get; init; } = true;

    /// <summary>Certificates of authorities to trust in place of the system's; null: the system's.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>Accept every server certificate. For trying things out: anyone on the path can then read the API key's uses.</summary>
    public bool DangerousAcceptAnyServerCertificate { get; init; }

    /// <summary>Longest wait for the answer to a request other than an upload chunk. 100 s by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Longest time in which an upload may not move at all. 120 s by default; a slow upload that moves is never cut.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>When and how often a refused or lost request is sent again.</summary>
    public MaasRetryOptions Retry { get; init; } = new();

    /// <summary>Value of the <c>User-Agent</c> header.</summary>
    public string UserAgent { get; init; } = "BootDepot.Client";

    /// <summary>Where the client logs; secrets are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>
/// Retries: 409, 429 and 503 answers that carry <c>Retry-After</c>, and for reads also 502, 503, 504 and lost connections.
/// Chunks of an upload are retried on all of these, after asking the server how many bytes it has.
/// </summary>
public sealed record MaasRetryOptions
{
    /// <summary>No retries at all.</summary>
    public static MaasRetryOptions None { get; } = new() { MaxRetries = 0 };

    /// <summary>How often one request is sent again. 4 by default.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>First wait where the server names none; doubled each time, with up to 25 % of chance added.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait, also where the server asks for a longer one. 60 s by default.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(60);
}
