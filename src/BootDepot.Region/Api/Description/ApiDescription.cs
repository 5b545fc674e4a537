using System;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.Description;

/// <summary>
/// The <c>describe/</c> document, made from the endpoints themselves. Its hash covers all but the host names, so that
/// every client of a region sees the same one.
/// </summary>
internal sealed class ApiDescription
{
    // One entry per base URL that clients use. Bounded, because a Host header is a stranger's text.
    private const int MaxCachedBases = 32;

    private readonly Lazy<ApiRoutes> _routes;
    private readonly Lazy<FrozenDictionary<ApiVersion, string>> _hashes;
    private readonly ConcurrentDictionary<(ApiVersion Version, string Base), byte[]> _documents = [];

    /// <summary>Over all endpoints. Lazy, because one of them serves this description.</summary>
    public ApiDescription(Lazy<ApiRoutes> routes)
    {
        _routes = routes;
        _hashes = new(() => Enum.GetValues<ApiVersion>().ToFrozenDictionary(v => v, Hash));
    }

    /// <summary>40 hexadecimal digits: what <c>X-MAAS-API-Hash</c> has too.</summary>
    public string HashOf(ApiVersion version) => _hashes.Value[version];

    /// <summary>The document for a client that reaches the server under that base URL (<c>http://host:5240</c>).</summary>
    public ReadOnlyMemory<byte> DocumentFor(ApiVersion version, string baseUrl)
    {
        if (_documents.TryGetValue((version, baseUrl), out var document))
            return document;
        document = Write(version, baseUrl, HashOf(version));
        if (_documents.Count < MaxCachedBases)
            _documents[(version, baseUrl)] = document;
        return document;
    }

    /// <summary>The base URL that the client used, seen through proxies.</summary>
    public static string BaseUrlOf(HttpRequest request)
    {
        var scheme = First(request.Headers["X-Forwarded-Proto"].ToString()) == "https" ? "https" : request.Scheme;
        var host = First(request.Headers["X-Forwarded-Host"].ToString());
        return $"{scheme}://{(host.Length > 0 ? host : request.Host.Value)}";
    }

    private static string First(string list) => list.Split(',', 2)[0].Trim();

    private string Hash(ApiVersion version) =>
        Convert.ToHexStringLower(SHA256.HashData(Write(version, "", "")))[..40];

    private byte[] Write(ApiVersion version, string baseUrl, string hash)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var handlers = _routes.Value.All
                .Where(h => h.Version == version && !h.IsHidden)
                .OrderBy(h => h.Name, StringComparer.Ordinal)
                .ToList();
            json.WriteStartObject();
            json.WriteString("doc", "MAAS API");
            json.WriteStartArray("handlers");
            foreach (var (handler, anonymous) in Sides(handlers))
                WriteHandler(json, handler, anonymous, baseUrl);
            json.WriteEndArray();
            json.WriteString("hash", hash);
            json.WriteStartArray("resources");
            foreach (var handler in handlers)
                WriteResource(json, handler, baseUrl);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static IEnumerable<(ApiHandler Handler, bool Anonymous)> Sides(IEnumerable<ApiHandler> handlers)
    {
        foreach (var handler in handlers)
        {
            if (HasSide(handler, anonymous: true))
                yield return (handler, true);
            if (HasSide(handler, anonymous: false))
                yield return (handler, false);
        }
    }

    // A handler that is open as a whole has an anonymous side only; one that is partly open has both.
    private static bool HasSide(ApiHandler handler, bool anonymous) =>
        handler.Actions.Any(a => a.Permission.NeedsKey != anonymous);

    private static string NameOf(ApiHandler handler, bool anonymous) =>
        anonymous && HasSide(handler, anonymous: false) ? "Anon" + handler.Name : handler.Name;

    private static void WriteResource(Utf8JsonWriter json, ApiHandler handler, string baseUrl)
    {
        json.WriteStartObject();
        foreach (var (side, anonymous) in new[] { ("anon", true), ("auth", false) })
        {
            json.WritePropertyName(side);
            if (HasSide(handler, anonymous))
                WriteHandler(json, handler, anonymous, baseUrl);
            else
                json.WriteNullValue();
        }

        json.WriteString("name", handler.Name);
        json.WriteEndObject();
    }

    private static void WriteHandler(Utf8JsonWriter json, ApiHandler handler, bool anonymous, string baseUrl)
    {
        json.WriteStartObject();
        json.WriteStartArray("actions");
        // Someone with a key may do what is open, too.
        foreach (var action in handler.Actions.Where(a => (!anonymous || !a.Permission.NeedsKey) && a.Method != HttpMethods.Head))
        {
            json.WriteStartObject();
            json.WriteString("doc", action.Doc);
            json.WriteString("method", action.Method);
            json.WriteString("name", action.Name);
            json.WriteString("op", action.Op);
            json.WriteBoolean("restful", action.Op is null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("doc", handler.Doc);
        json.WriteString("name", NameOf(handler, anonymous));
        json.WriteStartArray("params");
        foreach (var param in handler.Params)
            json.WriteStringValue(param);
        json.WriteEndArray();
        json.WriteString("path", handler.FullPath);
        json.WriteString("uri", baseUrl + handler.FullPath);
        json.WriteEndObject();
    }
}
