using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Description;
using BootDepot.Region.Api.Events;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using BootDepot.Region.Sessions;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.Routing;

/// <summary>
/// Serves the declared endpoints: route, authenticate, choose the action, authorise, read the body, run. The order is
/// MAAS's, so that nobody learns about an object, or has a body read, without the right to.
/// </summary>
internal sealed class ApiDispatcher(
    ApiRoutes routes, ApiDescription description, OAuthVerifier verifier, BrowserSessions sessions, FormReader forms,
    CommandTrail trail, RequestLimits limits)
{
    private const int MaxQueryFields = 1000;
    // An answer that a browser is led to loads and runs nothing (W3C Content Security Policy, level 3).
    private const string Policy = "default-src 'none'; frame-ancestors 'self'";
    private const string HashHeader = "X-MAAS-API-Hash";

    /// <summary>Answers a request below a version's root.</summary>
    /// <param name="version">Which API.</param>
    /// <param name="path">What stands after the root.</param>
    /// <param name="http">The exchange.</param>
    public async Task ServeAsync(ApiVersion version, string path, HttpContext http)
    {
        var cancel = http.RequestAborted;
        http.Response.Headers.Vary = "Authorization, Cookie";
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        http.Response.Headers.ContentSecurityPolicy = Policy;
        ApiAnswer answer;
        try
        {
            answer = await AnswerAsync(version, path, http, cancel);
        }
        catch (FormException e)
        {
            answer = ApiAnswer.Text(e.Message, e.Status);
        }
        catch (BadHttpRequestException e)
        {
            answer = ApiAnswer.Text(e.Message, e.StatusCode);
        }

        await answer.SendAsync(http, cancel);
    }

    private async Task<ApiAnswer> AnswerAsync(ApiVersion version, string path, HttpContext http, CancellationToken cancel)
    {
        if (routes.FindOrNull(version, path) is not { } route)
            return ApiAnswer.Text($"Unknown API endpoint: {http.Request.Path.Value}.", StatusCodes.Status404NotFound);
        var query = UrlEncoding.ParseOrNull(http.Request.QueryString.Value.AsSpan().TrimStart('?'), MaxQueryFields);
        if (query is null)
            return ApiAnswer.BadRequest($"The query string has more than {MaxQueryFields} fields.");

        await using var exchange = new Exchange(http, route, query);
        var refusal = await AuthenticateAsync(exchange, cancel);
        var answer = LimitOrNull(exchange)
            ?? refusal
            ?? await ChooseAsync(exchange, cancel)
            ?? Authorise(exchange)
            ?? await RunAsync(exchange, cancel);
        if (answer.Status is < 300 or 401 or 404 && !route.Handler.IsDescription)
            http.Response.Headers[HashHeader] = description.HashOf(version);
        return answer;
    }

    // Racks have keys of their own, and wait for an answer most of the time.
    private ApiAnswer? LimitOrNull(Exchange exchange) =>
        exchange.Route.Handler.Actions.All(a => a.Permission == ApiPermission.Rack) ? null : limits.RefusalOrNull(exchange.Http.Connection, exchange.Identity);

    // Null: go on. Credentials in the query string and in a form count like those in the header.
    private async Task<ApiAnswer?> AuthenticateAsync(Exchange exchange, CancellationToken cancel)
    {
        var handler = exchange.Route.Handler;
        if (handler.Actions.All(a => !a.Permission.LooksAtCredentials))
            return null;
        var request = exchange.Http.Request;
        var oauth = OAuthParameters.FromHeaderOrNull(request.Headers.Authorization.ToString())
            ?? OAuthParameters.FromFieldsOrNull(exchange.Query);
        if (oauth is null && HttpMethods.IsPost(request.Method) && IsUrlEncoded(request))
        {
            await ReadFormAsync(exchange, FormLimits.Small, cancel);
            oauth = OAuthParameters.FromFieldsOrNull(exchange.Form!.Fields);
        }

        var outcome = await verifier.VerifyAsync(oauth, cancel);
        if (outcome is AuthOutcome.Absent)
            outcome = await sessions.IdentifyAsync(exchange.Http, cancel);
        switch (outcome)
        {
            case AuthOutcome.Accepted accepted:
                exchange.Identity = accepted.Identity;
                return null;
            case AuthOutcome.Absent:
                return handler.Actions.All(a => a.Permission.NeedsKey) ? Unsigned() : null;
            case AuthOutcome.Refused refused:
                return ApiAnswer.Challenge(refused.Text);
            case AuthOutcome.Forged:
                return ApiAnswer.Text($"Send the session's token in the header {SessionCookie.ProofHeader}.", StatusCodes.Status403Forbidden);
            case AuthOutcome.Malformed malformed:
                return ApiAnswer.BadRequest(malformed.Text);
            default:
                return ApiAnswer.Text("User is not allowed access to this API.", StatusCodes.Status403Forbidden);
        }
    }

    // Null: exchange.Action is set.
    private async Task<ApiAnswer?> ChooseAsync(Exchange exchange, CancellationToken cancel)
    {
        var handler = exchange.Route.Handler;
        var method = exchange.Method;
        var candidates = handler.Actions.Where(a => a.Method == method).ToImmutableArray();
        if (candidates.IsEmpty)
        {
            var allowed = string.Join(", ", handler.Actions.Select(a => a.Method).Distinct(StringComparer.Ordinal));
            return ApiAnswer.BareText("", StatusCodes.Status405MethodNotAllowed) with { Headers = [new("Allow", allowed)] };
        }

        var op = NotEmpty(exchange.Route.OpInPath) ?? NotEmpty(exchange.Query.LastOrNull("op"));
        if (op is null && method == HttpMethods.Post && candidates.Any(a => a.Body != ApiBody.Raw))
        {
            // The operation may stand in the body, which is read only for someone who may do something here.
            if (candidates.All(a => Refusal(a.Permission, exchange.Identity) is not null))
                return Refusal(candidates[0].Permission, exchange.Identity);
            var withImage = candidates.Any(a => a.Op is null && a.Body == ApiBody.FormWithImage);
            await ReadFormAsync(exchange, withImage ? FormLimits.WithImage : FormLimits.Small, cancel);
            op = NotEmpty(exchange.Form!.Fields.LastOrNull("op"));
        }

        exchange.Action = candidates.FirstOrDefault(a => a.Op == op);
        return exchange.Action is null
            ? ApiAnswer.BadRequest($"Unrecognised signature: method={exchange.Http.Request.Method} op={op ?? "None"}")
            : null;
    }

    private static ApiAnswer? Authorise(Exchange exchange) =>
        Refusal(exchange.Action!.Permission, exchange.Identity)
        ?? (exchange.Identity is { } identity && !KeyScopes.Allows(identity.Scope, exchange.Route.Handler, exchange.Action)
            ? ApiAnswer.Text($"This API key is for {KeyScopes.NameOf(identity.Scope)} only.", StatusCodes.Status403Forbidden)
            : null);

    private static ApiAnswer? Refusal(ApiPermission permission, Identity? identity)
    {
        if (permission.NeedsKey && identity is null)
            return Unsigned();
        return permission.NeedsAdmin && identity is not { IsAdmin: true }
            ? ApiAnswer.Text(permission.Refusal, StatusCodes.Status403Forbidden)
            : null;
    }

    private async Task<ApiAnswer> RunAsync(Exchange exchange, CancellationToken cancel)
    {
        var action = exchange.Action!;
        if (exchange.Query.LastOrNull("format") is { } format && format != "json" && NotEmpty(format) is not null)
            return ApiAnswer.BadRequest($"Invalid output format specified '{format}'.");
        var hasForm = action.Body != ApiBody.Raw && exchange.Method is "POST" or "PUT";
        if (hasForm)
            await ReadFormAsync(exchange, action.Body == ApiBody.FormWithImage ? FormLimits.WithImage : FormLimits.Small, cancel);
        var request = new ApiRequest(
            exchange.Http, exchange.Route.Handler, exchange.Route.Values, exchange.Query.Without("oauth_"),
            exchange.Form ?? Form.Empty, exchange.Identity);
        var answer = await action.RunAsync(request, cancel);
        if (action.Event is { } name && answer.Status < 300)
            await trail.NoteAsync(request.Actor, name, SubjectOf(exchange.Http.Request.Path.Value!), DetailsOf(request.Fields), cancel);
        return answer;
    }

    // /MAAS/api/2.0/racks/4y3h7n/ is racks/4y3h7n.
    private static string SubjectOf(string path) => string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(3));

    private static JsonObject? DetailsOf(Fields fields)
    {
        var details = new JsonObject();
        foreach (var (name, value) in fields.Pairs.Where(p => p.Key != "op" && !p.Key.StartsWith("oauth_", StringComparison.Ordinal)))
            details[name] = value;
        return details.Count == 0 ? null : details;
    }

    private async Task ReadFormAsync(Exchange exchange, FormLimits limits, CancellationToken cancel)
    {
        var request = exchange.Http.Request;
        exchange.Form ??= await forms.ReadAsync(request.ContentType, request.Body, limits, cancel);
    }

    private static bool IsUrlEncoded(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static ApiAnswer Unsigned() => ApiAnswer.BareText("Forbidden", StatusCodes.Status401Unauthorized);

    // What is known of a request so far.
    private sealed class Exchange(HttpContext http, ApiRoute route, Fields query) : IAsyncDisposable
    {
        public HttpContext Http { get; } = http;

        public ApiRoute Route { get; } = route;

        public Fields Query { get; } = query;

        // HEAD is a GET without its body, unless the handler has its own idea of it.
        public string Method { get; } =
            HttpMethods.IsHead(http.Request.Method) && route.Handler.Actions.All(a => a.Method != HttpMethods.Head)
                ? HttpMethods.Get
                : http.Request.Method;

        public Form? Form { get; set; }

        public Identity? Identity { get; set; }

        public ApiAction? Action { get; set; }

        public ValueTask DisposeAsync() => Form?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
