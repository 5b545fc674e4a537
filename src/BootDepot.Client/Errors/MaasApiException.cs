using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;

namespace BootDepot.Client;

/// <summary>
/// The server answered a request with a status other than 2xx. Subclasses exist for the statuses that programs tell
/// apart. Neither the message nor any property holds the API key's secret.
/// </summary>
public class MaasApiException : MaasException
{
    internal MaasApiException(MaasFailure failure)
        : base(failure.Describe())
    {
        Method = failure.Method;
        RequestUri = failure.Uri;
        StatusCode = failure.Status;
        ReasonPhrase = failure.Reason;
        Content = failure.Content;
        FieldErrors = failure.FieldErrors;
        RetryAfter = failure.RetryAfter;
    }

    /// <summary>Method of the request.</summary>
    public HttpMethod Method { get; }

    /// <summary>Address of the request.</summary>
    public Uri RequestUri { get; }

    /// <summary>Status of the answer.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>Reason phrase of the answer, or the usual one of that status.</summary>
    public string ReasonPhrase { get; }

    /// <summary>The whole body of the answer.</summary>
    public string Content { get; }

    /// <summary>Field → messages, where the server refused named fields; those of the whole object under <c>__all__</c>. Else empty.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FieldErrors { get; }

    /// <summary>How long the server asks to wait before the request is sent again.</summary>
    public TimeSpan? RetryAfter { get; }

    internal static MaasApiException From(MaasFailure failure) => (int)failure.Status switch
    {
        400 => new MaasBadRequestException(failure),
        401 => new MaasUnauthorizedException(failure),
        403 => new MaasForbiddenException(failure),
        404 => new MaasNotFoundException(failure),
        409 => new MaasConflictException(failure),
        412 => new MaasPreconditionFailedException(failure),
        413 => new MaasContentTooLargeException(failure),
        429 => new MaasTooManyRequestsException(failure),
        503 => new MaasUnavailableException(failure),
        507 => new MaasInsufficientStorageException(failure),
        _ => new MaasApiException(failure),
    };
}

/// <summary>400: the request is wrong; see <see cref="MaasApiException.FieldErrors"/>.</summary>
public sealed class MaasBadRequestException : MaasApiException
{
    internal MaasBadRequestException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>401: the API key is missing, unknown or revoked.</summary>
public sealed class MaasUnauthorizedException : MaasApiException
{
    internal MaasUnauthorizedException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>403: the user may not do this, or the object does not allow it.</summary>
public sealed class MaasForbiddenException : MaasApiException
{
    internal MaasForbiddenException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>404: there is no such object.</summary>
public sealed class MaasNotFoundException : MaasApiException
{
    internal MaasNotFoundException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>409: someone else is changing the same thing.</summary>
public sealed class MaasConflictException : MaasApiException
{
    internal MaasConflictException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>412: the object is no longer what the request said it is.</summary>
public sealed class MaasPreconditionFailedException : MaasApiException
{
    internal MaasPreconditionFailedException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>413: the server or a proxy before it takes no body of that size.</summary>
public sealed class MaasContentTooLargeException : MaasApiException
{
    internal MaasContentTooLargeException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>429: too many requests; wait <see cref="MaasApiException.RetryAfter"/>.</summary>
public sealed class MaasTooManyRequestsException : MaasApiException
{
    internal MaasTooManyRequestsException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>503: the server is overloaded or not ready.</summary>
public sealed class MaasUnavailableException : MaasApiException
{
    internal MaasUnavailableException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>507: the server has no space left.</summary>
public sealed class MaasInsufficientStorageException : MaasApiException
{
    internal MaasInsufficientStorageException(MaasFailure failure)
        : base(failure)
    {
    }
}

/// <summary>What an exception is made of; the secret is already masked in <paramref name="Content"/>.</summary>
internal sealed record MaasFailure(
    HttpMethod Method, Uri Uri, HttpStatusCode Status, string Reason, string? MediaType, string Content, TimeSpan? RetryAfter)
{
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FieldErrors { get; } = ReadFields(MediaType, Content);

    public string Describe()
    {
        var head = $"{Method} {Uri.GetLeftPart(UriPartial.Query)} -> HTTP {(int)Status} {Reason}";
        if (FieldErrors.Count > 0)
            return head + ": " + string.Join("; ", FieldErrors.Select(f => $"{f.Key}: {string.Join(" ", f.Value)}"));
        var text = Content.Trim();
        // A proxy's HTML page is cut where it stops being of use; the API's own texts are far shorter.
        return text.Length switch
        {
            0 => head,
            <= 2000 => $"{head}: {text}",
            _ => $"{head}: {text[..2000]}…",
        };
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadFields(string? mediaType, string content)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (mediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) != true)
            return fields;
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return fields;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                fields[member.Name] = member.Value.ValueKind switch
                {
                    JsonValueKind.Array => [.. member.Value.EnumerateArray().Select(e => e.ToString())],
                    _ => [member.Value.ToString()],
                };
            }
        }
        catch (JsonException)
        {
            // A body that is not what its header says is still shown whole in Content.
        }

        return fields;
    }
}
