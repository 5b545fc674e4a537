using System;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Security.Cryptography;

namespace BootDepot.Client;

/// <summary>What may be sent again, and when.</summary>
internal static class Retries
{
    /// <summary>A refusal that names its time was not carried out, so any method may be repeated; without one only reads are.</summary>
    public static bool MayRepeat(MaasCall call, MaasAnswer answer) => (int)answer.StatusCode switch
    {
        409 or 429 or 503 when answer.Headers.ContainsKey("Retry-After") => true,
        502 or 503 or 504 => call.IsRead,
        _ => false,
    };

    /// <summary>The connection, not the request, was at fault. A certificate that is refused will be refused again.</summary>
    public static bool IsLost(HttpRequestException e) =>
        e.HttpRequestError is not (HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError or HttpRequestError.ConfigurationLimitExceeded);

    /// <summary>Seconds or a date (RFC 9110 §10.2.3).</summary>
    public static TimeSpan? AfterOrNull(MaasAnswer answer, TimeProvider time)
    {
        if (!answer.Headers.TryGetValue("Retry-After", out var text))
            return null;
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - time.GetUtcNow()).Ticks))
            : null;
    }

    public static TimeSpan Delay(MaasRetryOptions options, int attempt, TimeSpan? asked)
    {
        var wait = asked ?? options.BaseDelay * Math.Pow(2, attempt);
        var jitter = 1 + (RandomNumberGenerator.GetInt32(0, 250) / 1000.0);
        wait *= jitter;
        return wait < options.MaxDelay ? wait : options.MaxDelay;
    }

    /// <summary>Statuses on which a chunk is sent again, after asking for the offset.</summary>
    public static bool MayRepeatChunk(HttpStatusCode status) => (int)status is 408 or 409 or 429 or 500 or 502 or 503 or 504;
}
