using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace BootDepot.FakeMaas;

public sealed partial class FakeMaas
{
    private const string Api = "/MAAS/api/2.0/";

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (context.Request.Method == "PUT" && path.Contains("/upload/", StringComparison.Ordinal))
        {
            await ReceiveChunkAsync(context, path);
            return;
        }

        var request = await RecordAsync(context);
        if (Intercept is { } intercept && await intercept(context))
            return;
        var reply = Reply(context, request);
        LastBody = reply.Body;
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        if (!path.EndsWith("describe/", StringComparison.Ordinal) && reply.Status < 500)
            context.Response.Headers["X-MAAS-API-Hash"] = ApiHash;
        if (reply.Status == 204)
            return;
        var bytes = Encoding.UTF8.GetBytes(reply.Body);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }

    private async Task<RecordedRequest> RecordAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy);
        var body = copy.ToArray();
        var recorded = new RecordedRequest(
            context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value ?? "",
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body, FormReader.Read(context.Request.ContentType, body));
        Requests.Enqueue(recorded);
        return recorded;
    }

    private Answer Reply(HttpContext context, RecordedRequest request)
    {
        if (request.Path == "/MAAS/accounts/authenticate/")
            return Authenticate(request);
        if (!request.Path.StartsWith(Api, StringComparison.Ordinal))
            return Answer.Plain(404, $"Unknown API endpoint: {request.Path}.");
        var path = request.Path[Api.Length..].TrimStart('/');
        if (path == "describe/")
            return new Answer(200, "application/json", Documents.Text(Describe.Document(Origin)));
        if (path == "version/")
            return Json(new { version = Version, subversion = "", capabilities = new[] { "networks-management", "authenticate-api" } });
        if (Denied(request) is { } denied)
            return denied;
        var op = context.Request.Query["op"].ToString();
        lock (_gate)
        {
            return (path.Split('/')[0], path.Count(c => c == '/')) switch
            {
                ("users", _) => Users(path, op, request),
                ("account", _) => AccountKeys(op, request),
                ("maas", _) => Settle(op, context, request),
                ("rackcontrollers", _) => Racks(path, op, request),
                ("boot-sources", _) => BootSources(path, request),
                ("boot-resources", _) => BootResources(path, op, context, request),
                _ => Answer.Plain(404, $"Unknown API endpoint: {request.Path}."),
            };
        }
    }

    private string Version => Era switch
    {
        MaasEra.V22 => "2.2.3",
        MaasEra.V34 => "3.4.5",
        MaasEra.V38 => "3.8.0",
        _ => "3.6.0",
    };

    private Answer? Denied(RecordedRequest request)
    {
        if (!request.Headers.TryGetValue("Authorization", out var header))
            return Answer.Plain(401, "Forbidden");
        foreach (var token in Tokens.Keys)
        {
            var parts = token.Split(':');
            if (header.Contains($"oauth_token=\"{parts[1]}\"", StringComparison.Ordinal))
            {
                return header.Contains($"oauth_signature=\"%26{parts[2]}\"", StringComparison.Ordinal)
                    ? null
                    : new Answer(401, "text/html; charset=utf-8", $"Authorization Error: 'Invalid signature. Expected signature base string: {parts[2]}'");
            }
        }

        return new Answer(401, "text/html; charset=utf-8", "Authorization Error: Invalid API key.");
    }

    private Answer Authenticate(RecordedRequest request)
    {
        if (request.Value("username") != "admin" || request.Value("password") != "s3cret")
            return Answer.Plain(403, "");
        var parts = Key.Split(':');
        var name = request.Value("consumer") ?? "MAAS consumer";
        Tokens[Key] = name;
        return Json(new { consumer_key = parts[0], name, token_key = parts[1], token_secret = parts[2] });
    }

    private Answer Users(string path, string op, RecordedRequest request)
    {
        static object User(string name) => new
        {
            username = name, email = name + "@example.com", is_local = true, is_superuser = name == "admin",
            resource_uri = $"/MAAS/api/2.0/users/{name}/",
        };
        var name = path.Split('/')[1];
        return (request.Method, op, name) switch
        {
            ("GET", "whoami", _) => Json(User("admin")),
            ("GET", _, "") => Json(new[] { User("admin") }),
            ("POST", _, "") => Json(User(request.Value("username")!)),
            ("GET", _, "admin") => Json(User("admin")),
            ("DELETE", _, "bob") => Answer.NoContent,
            _ => Missing("User"),
        };
    }

    private Answer AccountKeys(string op, RecordedRequest request)
    {
        switch (op)
        {
            case "create_authorisation_token":
                var parts = new[] { "ck" + NextId(), "tk" + NextId(), "secret" + NextId() };
                Tokens[string.Join(':', parts)] = request.Value("name") ?? "MAAS consumer";
                return Json(new { consumer_key = parts[0], token_key = parts[1], token_secret = parts[2], name = request.Value("name") ?? "MAAS consumer" });
            case "list_authorisation_tokens":
                return Json(Tokens.Select(t => new { name = t.Value, token = t.Key }));
            case "delete_authorisation_token":
                var key = Tokens.Keys.FirstOrDefault(k => k.Split(':')[1] == request.Value("token_key"));
                if (key is null)
                    return Missing("Token");
                Tokens.Remove(key);
                return Answer.NoContent;
            default:
                var renamed = Tokens.Keys.First(k => k.Split(':')[1] == request.Value("token"));
                Tokens[renamed] = request.Value("name")!;
                return Answer.Plain(202, "Accepted");
        }
    }

    private Answer Settle(string op, HttpContext context, RecordedRequest request)
    {
        var name = op == "get_config" ? context.Request.Query["name"].ToString() : request.Value("name") ?? "";
        if (!Settings.TryGetValue(name, out var value))
            return new Answer(400, "application/json", Documents.Text(new System.Collections.Generic.Dictionary<string, string[]>
            {
                [name] = [$"{name} is not a valid config setting (valid settings are: {string.Join(", ", Settings.Keys)})."],
            }));
        if (op == "get_config")
            return new Answer(200, "application/json", value);
        Settings[name] = request.Value("value") is "true" or "false" ? request.Value("value")! : $"\"{request.Value("value")}\"";
        return Answer.Plain(200, "OK");
    }

    private Answer Racks(string path, string op, RecordedRequest request)
    {
        var id = path.Split('/')[1];
        object rack = new { system_id = "abc123", hostname = "rack1", fqdn = "rack1.maas", version = Version, resource_uri = "/MAAS/api/2.0/rackcontrollers/abc123/", zone = new { id = 1 } };
        if (id is not ("" or "abc123"))
            return Missing("RackController");
        return op switch
        {
            "list_boot_images" => Json(new
            {
                images = new[] { new { name = "ubuntu/noble", architecture = "amd64", subarches = new[] { "ga-24.04", "generic" } } },
                connected = true,
                status = "synced",
            }),
            "import_boot_images" => Era >= MaasEra.V38
                ? Answer.Plain(202, "Accepted")
                : Answer.Plain(200, id.Length == 0 ? "Import of boot images started on all rack controllers" : "Import of boot images started on rack1"),
            _ => id.Length == 0 ? Json(new[] { rack }) : Json(rack),
        };
    }

    private static Answer Json(object value, int status = 200) => new(status, "application/json; charset=utf-8", Documents.Text(value));

    private Answer Missing(string model) => new(404, "text/plain", Era == MaasEra.V22 ? "Not Found" : $"No {model} matches the given query.");

    private sealed record Answer(int Status, string ContentType, string Body)
    {
        public static readonly Answer NoContent = new(204, "text/plain", "");

        public static Answer Plain(int status, string text) => new(status, "text/plain; charset=utf-8", text);
    }
}
