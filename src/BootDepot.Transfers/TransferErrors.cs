using BootDepot.Blobs;

namespace BootDepot.Transfers;

/// <summary>The codes of everything that can go wrong with a transfer; docs/error-codes.md says what to do about each.</summary>
public static class TransferErrors
{
    /// <summary>The server does not have it (404, 410).</summary>
    public const string NotFound = "transfer-not-found";

    /// <summary>The server wants credentials, or refuses those it got (401, 403).</summary>
    public const string Forbidden = "transfer-forbidden";

    /// <summary>The server failed or asks for patience (5xx, 408, 429).</summary>
    public const string ServerError = "transfer-server-error";

    /// <summary>A status that makes no sense here.</summary>
    public const string StatusUnexpected = "transfer-status-unexpected";

    /// <summary>What came is not HTTP, or breaks its rules.</summary>
    public const string AnswerMalformed = "transfer-answer-malformed";

    /// <summary>More redirects than are followed, or a circle of them.</summary>
    public const string RedirectLoop = "transfer-redirect-loop";

    /// <summary>A redirect to where we do not go: another scheme, or from https to http.</summary>
    public const string RedirectRefused = "transfer-redirect-refused";

    /// <summary>A URL that is neither http nor https.</summary>
    public const string UrlRefused = "transfer-url-refused";

    /// <summary>Nothing listens there.</summary>
    public const string ConnectionRefused = "transfer-connection-refused";

    /// <summary>No way to the server, or it does not answer the connection attempt in time.</summary>
    public const string ConnectionFailed = "transfer-connection-failed";

    /// <summary>The server's name has no address.</summary>
    public const string Dns = "transfer-dns";

    /// <summary>The server's certificate is not trusted, or TLS failed otherwise.</summary>
    public const string Tls = "transfer-tls";

    /// <summary>The proxy wants credentials, or refuses those it got.</summary>
    public const string ProxyAuth = "transfer-proxy-auth";

    /// <summary>The proxy cannot be reached, or will not connect.</summary>
    public const string Proxy = "transfer-proxy";

    /// <summary>No bytes came for the time limit.</summary>
    public const string Stalled = "transfer-stalled";

    /// <summary>The connection ended before the last byte.</summary>
    public const string Truncated = "transfer-truncated";

    /// <summary>The server has another number of bytes than was announced.</summary>
    public const string SizeMismatch = "transfer-size-mismatch";

    /// <summary>All bytes came, and have another SHA-256 than was announced.</summary>
    public const string DigestMismatch = "transfer-digest-mismatch";

    /// <summary>A document is larger than its limit, packed or unpacked.</summary>
    public const string DocumentTooLarge = "transfer-document-too-large";

    /// <summary>A document came in an encoding that was not asked for, or is damaged in it.</summary>
    public const string EncodingUnusable = "transfer-encoding-unusable";

    /// <summary>The same blob is being written by another process.</summary>
    public const string Busy = "transfer-busy";

    /// <summary>There is no URL to fetch it from.</summary>
    public const string NoSource = "transfer-no-source";

    /// <summary>The blob store has no room.</summary>
    public const string StoreFull = "store-full";

    /// <summary>The server that keeps the blobs, or the database that keeps its locks, does not answer.</summary>
    public const string StoreAway = BlobsUnreachableException.Away;

    /// <summary>That server answers, and does not take our credentials or has no such bucket or database.</summary>
    public const string StoreRefused = BlobsUnreachableException.Refused;

    /// <summary>The blob store failed.</summary>
    public const string StoreFailed = "store-failed";

    /// <summary>An HTTP setting cannot be used.</summary>
    public const string SettingInvalid = "http-setting-invalid";
}
