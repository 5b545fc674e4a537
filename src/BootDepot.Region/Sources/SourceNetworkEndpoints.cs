using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Transfers.Http;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sources;

/// <summary><c>source-networks/</c>: mirrors, proxy and certificates of each source. Not in MAAS.</summary>
internal sealed class SourceNetworkEndpoints(CatalogDatabase catalog, SourceWatch watch, TimeProvider time) : IApiEndpoints
{
    private const int MostMirrors = 16;
    private const int MostCertificateText = 256 * 1024;

    private static readonly ApiShape Shape = ApiShape.Named(
        "SourceNetwork",
        ("boot_source_id", ApiShape.Int),
        ("url", ApiShape.PlainText),
        ("mirrors", new ApiShape.ListOf(ApiShape.PlainText)),
        ("proxy", ApiShape.Nullable(ApiShape.PlainText)),
        ("certificate_authorities", ApiShape.Nullable(ApiShape.PlainText)),
        ("client_certificate_file", ApiShape.Nullable(ApiShape.PlainText)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "SourceNetworksHandler", "source-networks/", "How the servers of boot sources are reached.",
        [
            new("read", "GET", null, "List how sources are reached", ApiPermission.Admin, ApiResult.Json(new ApiShape.ListOf(Shape)), ListAsync),
        ]),
        new(ApiVersion.Two, "SourceNetworkHandler", "source-networks/{boot_source_id}/", "How the servers of one boot source are reached.",
        [
            new("read", "GET", null, "Show how a source is reached", ApiPermission.Admin, ApiResult.Json(Shape), ReadAsync),
            new("update", "PUT", null, "Say how a source is reached", ApiPermission.EditBootEntities, ApiResult.Json(Shape), UpdateAsync)
            {
                Text = "What is left out stays as it is; an empty value unsets it. Counts from the next import on.",
                Parameters =
                [
                    ApiParameter.List("mirrors", "Base URLs of further mirrors, asked in this order when the source's own server fails, file by file."),
                    ApiParameter.Optional("proxy", "string", "URL of a proxy for this source only, or direct for none."),
                    ApiParameter.Optional("certificate_authorities", "string", "PEM text of authorities that its servers may use besides the system's."),
                    ApiParameter.Optional("client_certificate_file", "string", "Path, on the region, of a PEM file with certificate and key to show to its servers."),
                ],
            },
        ]),
    ];

    private async Task<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var all = await db.BootSources.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancel);
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var source in all)
                Write(json, source);
            json.WriteEndArray();
        });
    }

    private async Task<ApiAnswer> ReadAsync(ApiRequest request, CancellationToken cancel)
    {
        var id = request.IdOrNull("boot_source_id");
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return await db.BootSources.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancel) is { } source
            ? ApiAnswer.Json(json => Write(json, source))
            : ApiAnswer.NotFound("BootSource");
    }

    private async Task<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancel)
    {
        var id = request.IdOrNull("boot_source_id");
        var fields = request.Fields;
        var mirrors = fields.Has("mirrors") ? fields.All("mirrors").Where(m => m.Length > 0).Distinct(StringComparer.Ordinal).ToList() : null;
        var errors = Check(fields, mirrors);
        if (!errors.IsEmpty)
            return ApiAnswer.Invalid(errors);
        var found = await catalog.ChangeAsync(
            async (db, token) =>
            {
                if (await db.BootSources.SingleOrDefaultAsync(s => s.Id == id, token) is not { } source)
                    return null;
                var before = StateOf(source);
                source.Mirrors = mirrors ?? source.Mirrors;
                source.Proxy = Changed(fields, "proxy", source.Proxy);
                source.CertificateAuthorities = Changed(fields, "certificate_authorities", source.CertificateAuthorities);
                source.ClientCertificateFile = Changed(fields, "client_certificate_file", source.ClientCertificateFile);
                source.Updated = time.GetUtcNow();
                AuditTrail.Append(db, time, request.Actor, "boot-source.network", $"boot-source/{source.Id}", before, StateOf(source));
                return source;
            },
            cancel);
        if (found is null)
            return ApiAnswer.NotFound("BootSource");
        watch.Signal();
        return ApiAnswer.Json(json => Write(json, found));
    }

    private static string? Changed(Fields fields, string name, string? now) =>
        fields.LastOrNull(name) is not { } text ? now : text.Length == 0 ? null : text;

    private static FieldErrors Check(Fields fields, List<string>? mirrors)
    {
        var errors = new FieldErrors();
        if (mirrors is not null && (mirrors.Count > MostMirrors || mirrors.Exists(m => !IsHttpUrl(m))))
            errors.Add("mirrors", $"Enter up to {MostMirrors} http or https URLs.");
        if (fields.LastOrNull("proxy") is { Length: > 0 } proxy && proxy != SiteSettings.Direct && !IsHttpUrl(proxy))
            errors.Add("proxy", "Enter the URL of a proxy, such as http://proxy.example:3128, or direct.");
        if (fields.LastOrNull("certificate_authorities") is { Length: > 0 } pem && !IsPem(pem))
            errors.Add("certificate_authorities", "Enter certificates in PEM form.");
        if (fields.LastOrNull("client_certificate_file") is { Length: > 0 } file && !System.IO.Path.IsPathFullyQualified(file))
            errors.Add("client_certificate_file", "Enter an absolute path.");
        return errors;
    }

    private static bool IsHttpUrl(string text) =>
        text.Length <= MaxLengths.Url && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0;

    private static bool IsPem(string text)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            if (text.Length <= MostCertificateText)
                certificates.ImportFromPem(text);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // Proxies and mirrors may have passwords in their URLs, which belong neither in answers nor in the trail.
    private static JsonObject StateOf(BootSource source) => new()
    {
        ["mirrors"] = new JsonArray([.. source.Mirrors.Select(m => (JsonNode?)UrlText.WithoutPassword(m))]),
        ["proxy"] = UrlText.WithoutPassword(source.Proxy),
        ["certificate_authorities"] = source.CertificateAuthorities is null ? null : "set",
        ["client_certificate_file"] = source.ClientCertificateFile,
    };

    private static void Write(Utf8JsonWriter json, BootSource source)
    {
        json.WriteStartObject();
        json.WriteNumber("boot_source_id", source.Id);
        json.WriteString("url", UrlText.WithoutPassword(source.Url));
        json.WriteStartArray("mirrors");
        foreach (var mirror in source.Mirrors)
            json.WriteStringValue(UrlText.WithoutPassword(mirror));
        json.WriteEndArray();
        json.WriteString("proxy", UrlText.WithoutPassword(source.Proxy));
        json.WriteString("certificate_authorities", source.CertificateAuthorities);
        json.WriteString("client_certificate_file", source.ClientCertificateFile);
        json.WriteEndObject();
    }
}
