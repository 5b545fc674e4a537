using System;
using System.Collections.Immutable;
using System.Globalization;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Users;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Auth;
using Microsoft.AspNetCore.Http;

namespace BootDepot.Region.Api.Requests;

/// <summary>A request that was routed, authorised and, unless the action reads raw bytes, read.</summary>
internal sealed class ApiRequest(
    HttpContext http, ApiHandler handler, ImmutableArray<string> pathValues, Fields query, Form form, Identity? identity)
{
    /// <summary>The exchange.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>The handler that was found.</summary>
    public ApiHandler Handler { get; } = handler;

    /// <summary>Query-string fields, OAuth ones left out.</summary>
    public Fields Query { get; } = query;

    /// <summary>The form in the body.</summary>
    public Form Form { get; } = form;

    /// <summary>Text fields of the form.</summary>
    public Fields Fields => Form.Fields;

    /// <summary>Who asks.</summary>
    /// <exception cref="InvalidOperationException">The action is open to anonymous requests.</exception>
    public Identity Identity => identity ?? throw new InvalidOperationException("This request is anonymous.");

    /// <summary>The same, for the audit trail.</summary>
    public Actor Actor => new(Identity.Username, Http.Connection.RemoteIpAddress?.ToString());

    /// <summary>Whether passwords in URLs of sources and proxies are shown: to administrators whose key may also change them.</summary>
    public bool MaySeePasswords => identity is { IsAdmin: true, Scope: KeyScope.All };

    /// <summary>The text of a path placeholder.</summary>
    public string PathText(string name) => pathValues[Handler.Params.IndexOf(name)];

    /// <summary>
    /// The number in a path placeholder; null when the text is no positive number, so that nothing is found for it. MAAS
    /// answers 500 to such paths.
    /// </summary>
    public int? IdOrNull(string name) =>
        int.TryParse(PathText(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
