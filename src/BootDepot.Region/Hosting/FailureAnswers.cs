using System;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Hosting;

/// <summary>
/// The last word about a request that failed, whichever part of the region it was for: 503 and when to come again while the database or the
/// blob store is away; 500 when the region itself is at fault. An answer that has begun is cut off, so that nobody takes it for a whole one.
/// </summary>
internal sealed partial class FailureAnswers(CatalogDatabase catalog, ILogger<FailureAnswers> log)
{
    private const string SecondsUntilRetry = "2";

    /// <summary>Serves a request by <paramref name="next"/>, and answers it when that fails.</summary>
    public async Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        var cancel = http.RequestAborted;
        ApiAnswer answer;
        AddHeaders(http.Response);
        try
        {
            await next(http);
            return;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && !http.Response.HasStarted && AwayOrNull(e) is { } fault)
        {
            if (fault.Code == BlobsUnreachableException.Refused)
                LogRefused(http.Request.Method, http.Request.Path, fault.Code, fault.Message);
            else
                LogAway(http.Request.Method, http.Request.Path, fault.Code, fault.Message);
            StartAnew(http.Response);
            http.Response.Headers.RetryAfter = SecondsUntilRetry;
            answer = ApiAnswer.Text($"{fault.Message} [{fault.Code}]", StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && !http.Response.HasStarted && e is not BadHttpRequestException)
        {
            LogFailure(e, http.Request.Method, http.Request.Path);
            StartAnew(http.Response);
            answer = ApiAnswer.Text("The server failed; its log says why.", StatusCodes.Status500InternalServerError);
        }

        await answer.SendAsync(http, cancel);
    }

    // Browsers take every answer for what its type says (WHATWG Fetch, section 3.6).
    private static void AddHeaders(HttpResponse response) => response.Headers.XContentTypeOptions = "nosniff";

    private static void StartAnew(HttpResponse response)
    {
        response.Clear();
        AddHeaders(response);
    }

    // What passes by itself: the client should come again.
    private Fault? AwayOrNull(Exception exception) =>
        exception is BlobsUnreachableException away ? new Fault(away.Code, away.Message) : catalog.FaultOrNull(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path}: {Code}: {Reason}")]
    private partial void LogAway(string method, string path, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path}: {Code}, which does not pass by itself: {Reason}")]
    private partial void LogRefused(string method, string path, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailure(Exception exception, string method, string path);
}
