using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Auth;
using BootDepot.Region.Observing;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Hosting;

/// <summary>
/// How many requests to the API one caller may make: per user when the request is signed by one, else per address. What machines, racks and
/// mirrors ask for (the stream, <c>rack/</c>, health) is not counted: many of them stand behind one address.
/// </summary>
/// <param name="perSecond">Requests a second that a caller may keep up; 0 for no limit.</param>
internal sealed class RequestLimits(int perSecond) : IDisposable
{
    /// <summary>A caller who was quiet for so many seconds may make that many seconds' requests at once.</summary>
    public const int BurstSeconds = 20;

    private readonly PartitionedRateLimiter<string>? _limiter = perSecond == 0 ? null : PartitionedRateLimiter.Create<string, string>(
        caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = checked(perSecond * BurstSeconds),
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = false, // the partitions' own timer does it
        }),
        StringComparer.Ordinal);

    /// <summary>Counts a request. The answer to one that is too many, which must not be carried out; null for all others.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="user">Who signed it; null for nobody, and for who could not prove it.</param>
    public ApiAnswer? RefusalOrNull(ConnectionInfo connection, Identity? user)
    {
        if (_limiter is null)
            return null;
        using var lease = _limiter.AttemptAcquire(user is null ? "address " + AddressOf(connection.RemoteIpAddress) : "user " + user.Username);
        if (lease.IsAcquired)
            return null;
        RegionTraces.CountRefused();
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        var seconds = wait.ToString(CultureInfo.InvariantCulture);
        var whose = user is null ? "from this address without a user's key" : $"by the user '{user.Username}'";
        return ApiAnswer.Text(
            $"Too many requests {whose}: {perSecond.ToString(CultureInfo.InvariantCulture)} a second are allowed. Try again in {seconds} s.",
            StatusCodes.Status429TooManyRequests) with
        {
            Headers = [new("Retry-After", seconds), new("X-Error-Code", "requests-too-many")],
        };
    }

    /// <inheritdoc />
    public void Dispose() => _limiter?.Dispose();

    // Who has one IPv6 address has its network of 2^64 (RFC 6177).
    private static string AddressOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
