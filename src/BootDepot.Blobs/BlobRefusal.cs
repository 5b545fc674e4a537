using System;
using System.Net;
using Amazon.Runtime;
using Npgsql;

namespace BootDepot.Blobs;

/// <summary>Tells a server that will not have us from one that is away.</summary>
internal static class BlobRefusal
{
    /// <summary>Whether the server answered, and the answer was that these credentials, this bucket or this database are wrong.</summary>
    public static bool Is(Exception? answer) => answer switch
    {
        // 401 and 403: wrong or expired keys, a clock that is wrong, no permission. Answers to HEAD have no code.
        AmazonServiceException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => true,
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => true,
        // Class 28: invalid authorization; 3D000: no such database; 42501: no permission
        // (https://www.postgresql.org/docs/current/errcodes-appendix.html).
        PostgresException { SqlState: "3D000" or "42501" } => true,
        PostgresException { SqlState: var state } => state.StartsWith("28", StringComparison.Ordinal),
        _ => false,
    };
}
