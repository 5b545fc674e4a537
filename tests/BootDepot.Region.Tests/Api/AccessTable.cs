using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Tests.Api;

/// <summary>What a caller is.</summary>
internal enum CallerKind
{
    Stranger,
    BadKey,
    Inactive,
    User,
    Admin,
    Limited,
    Rack,
    Forged,
}

/// <summary>Somebody who sends requests.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Its API key.</param>
/// <param name="Scope">What its key is limited to: <c>r</c>ead-only, rac<c>k</c>, <c>u</c>pload; a space when it is not.</param>
/// <param name="Bearer">Its rack's key.</param>
/// <param name="Cookie">Its session, without the proof that our own page sends.</param>
internal sealed record Caller(string Name, CallerKind Kind, ApiKeyFacts? Key = null, char Scope = ' ', string? Bearer = null, string? Cookie = null)
{
    public bool IsBad => Kind == CallerKind.BadKey;

    public bool IsStranger => Kind is CallerKind.Stranger or CallerKind.Rack;
}

/// <summary>Who may.</summary>
/// <param name="Who"><c>anyone</c>, <c>anyone-unless-bad-key</c>, <c>rack</c>, <c>user</c>, <c>admin</c>, <c>self</c> (users for themselves, administrators for all), <c>password</c> (whoever has one), <c>nobody</c>.</param>
/// <param name="Scopes">Scopes of limited keys that may too.</param>
internal sealed record Access(string Who, string Scopes)
{
    /// <summary>Whether the caller is served; what changes nothing needs no proof of a session's own page.</summary>
    public bool IsServed(Caller caller, string method) => Who switch
    {
        "anyone" or AccessTable.Nobody => true,
        "password" => false,
        _ when caller.Kind == CallerKind.Forged && method is not ("GET" or "HEAD") => false,
        "anyone-unless-bad-key" => caller.Kind is not (CallerKind.BadKey or CallerKind.Inactive),
        "rack" => caller.Kind == CallerKind.Rack,
        "user" => caller.Kind is CallerKind.Admin or CallerKind.User or CallerKind.Limited or CallerKind.Forged && HasScope(caller),
        _ => caller.Kind is CallerKind.Admin or CallerKind.Limited or CallerKind.Forged && HasScope(caller),
    };

    private bool HasScope(Caller caller) => caller.Scope == ' ' || Scopes.Contains(caller.Scope, StringComparison.Ordinal);
}

/// <summary>Who may do what, written down apart from the declarations.</summary>
internal static class AccessTable
{
    /// <summary>The method is nobody's: 405 for all.</summary>
    public const string Nobody = "nobody";

    /// <summary>Declared actions by <see cref="KeyOf"/>.</summary>
    public static FrozenDictionary<string, Access> Declared { get; } = Lines(
        """
        POST /MAAS/api/1.0/account/ create_authorisation_token user -
        POST /MAAS/api/1.0/account/ delete_authorisation_token user -
        GET /MAAS/api/1.0/boot-resources/ - user rku
        POST /MAAS/api/1.0/boot-resources/ - admin u
        POST /MAAS/api/1.0/boot-resources/ import admin -
        DELETE /MAAS/api/1.0/boot-resources/{id}/ - admin -
        GET /MAAS/api/1.0/boot-resources/{id}/ - user rku
        DELETE /MAAS/api/1.0/boot-resources/{resource_id}/upload/{id}/ - admin u
        GET /MAAS/api/1.0/boot-resources/{resource_id}/upload/{id}/ - admin rku
        HEAD /MAAS/api/1.0/boot-resources/{resource_id}/upload/{id}/ - admin rku
        PUT /MAAS/api/1.0/boot-resources/{resource_id}/upload/{id}/ - admin u
        GET /MAAS/api/1.0/boot-sources/ - admin rku
        POST /MAAS/api/1.0/boot-sources/ - admin -
        GET /MAAS/api/1.0/boot-sources/{boot_source_id}/selections/ - admin rku
        POST /MAAS/api/1.0/boot-sources/{boot_source_id}/selections/ - admin -
        DELETE /MAAS/api/1.0/boot-sources/{boot_source_id}/selections/{id}/ - admin -
        GET /MAAS/api/1.0/boot-sources/{boot_source_id}/selections/{id}/ - admin rku
        PUT /MAAS/api/1.0/boot-sources/{boot_source_id}/selections/{id}/ - admin -
        DELETE /MAAS/api/1.0/boot-sources/{id}/ - admin -
        GET /MAAS/api/1.0/boot-sources/{id}/ - admin rku
        PUT /MAAS/api/1.0/boot-sources/{id}/ - admin -
        GET /MAAS/api/1.0/describe/ - anyone rku
        GET /MAAS/api/1.0/maas/ get_config admin rku
        POST /MAAS/api/1.0/maas/ set_config admin -
        GET /MAAS/api/1.0/nodegroups/ list anyone-unless-bad-key rku
        POST /MAAS/api/1.0/nodegroups/ import_boot_images admin -
        GET /MAAS/api/1.0/nodegroups/{uuid}/ - user rku
        POST /MAAS/api/1.0/nodegroups/{uuid}/ import_boot_images admin -
        GET /MAAS/api/1.0/nodegroups/{uuid}/boot-images/ - user rku
        GET /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/ - admin rku
        POST /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/ - admin -
        GET /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{boot_source_id}/selections/ - admin rku
        POST /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{boot_source_id}/selections/ - admin -
        DELETE /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{boot_source_id}/selections/{id}/ - admin -
        GET /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{boot_source_id}/selections/{id}/ - admin rku
        PUT /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{boot_source_id}/selections/{id}/ - admin -
        DELETE /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{id}/ - admin -
        GET /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{id}/ - admin rku
        PUT /MAAS/api/1.0/nodegroups/{uuid}/boot-sources/{id}/ - admin -
        GET /MAAS/api/1.0/version/ - anyone rku
        GET /MAAS/api/2.0/account/ list_authorisation_tokens user -
        POST /MAAS/api/2.0/account/ create_authorisation_token user -
        POST /MAAS/api/2.0/account/ delete_authorisation_token user -
        POST /MAAS/api/2.0/account/ update_token_name user -
        GET /MAAS/api/2.0/boot-assignments/ - user rku
        POST /MAAS/api/2.0/boot-assignments/ - admin -
        DELETE /MAAS/api/2.0/boot-assignments/{target}/ - admin -
        GET /MAAS/api/2.0/boot-assignments/{target}/ - user rku
        GET /MAAS/api/2.0/boot-records/ - user rku
        GET /MAAS/api/2.0/boot-records/ provenance user rku
        GET /MAAS/api/2.0/boot-resources/ - user rku
        GET /MAAS/api/2.0/boot-resources/ is_importing user rku
        POST /MAAS/api/2.0/boot-resources/ - admin u
        POST /MAAS/api/2.0/boot-resources/ import admin -
        POST /MAAS/api/2.0/boot-resources/ stop_import admin -
        PUT /MAAS/api/2.0/boot-resources/ - admin u
        DELETE /MAAS/api/2.0/boot-resources/{id}/ - admin -
        GET /MAAS/api/2.0/boot-resources/{id}/ - user rku
        DELETE /MAAS/api/2.0/boot-resources/{resource_id}/upload/{id}/ - admin u
        GET /MAAS/api/2.0/boot-resources/{resource_id}/upload/{id}/ - admin rku
        HEAD /MAAS/api/2.0/boot-resources/{resource_id}/upload/{id}/ - admin rku
        PUT /MAAS/api/2.0/boot-resources/{resource_id}/upload/{id}/ - admin u
        GET /MAAS/api/2.0/boot-source-states/ - user rku
        GET /MAAS/api/2.0/boot-sources/ - user rku
        POST /MAAS/api/2.0/boot-sources/ - admin -
        POST /MAAS/api/2.0/boot-sources/ validate admin -
        GET /MAAS/api/2.0/boot-sources/{boot_source_id}/selections/ - user rku
        POST /MAAS/api/2.0/boot-sources/{boot_source_id}/selections/ - admin -
        DELETE /MAAS/api/2.0/boot-sources/{boot_source_id}/selections/{id}/ - admin -
        GET /MAAS/api/2.0/boot-sources/{boot_source_id}/selections/{id}/ - user rku
        PUT /MAAS/api/2.0/boot-sources/{boot_source_id}/selections/{id}/ - admin -
        DELETE /MAAS/api/2.0/boot-sources/{id}/ - admin -
        GET /MAAS/api/2.0/boot-sources/{id}/ - user rku
        PUT /MAAS/api/2.0/boot-sources/{id}/ - admin -
        GET /MAAS/api/2.0/conversions/ - user rku
        GET /MAAS/api/2.0/conversions/{id}/ - user rku
        POST /MAAS/api/2.0/conversions/{id}/ stop admin -
        GET /MAAS/api/2.0/deleted-images/ - user rku
        POST /MAAS/api/2.0/deleted-images/{id}/ restore admin -
        GET /MAAS/api/2.0/describe/ - anyone rku
        GET /MAAS/api/2.0/events/ - admin rku
        GET /MAAS/api/2.0/events/ export admin rku
        GET /MAAS/api/2.0/events/ query admin rku
        GET /MAAS/api/2.0/image-copies/ - user rku
        GET /MAAS/api/2.0/image-copies/ of_racks user rku
        GET /MAAS/api/2.0/image-versions/ - user rku
        POST /MAAS/api/2.0/image-versions/ pin admin -
        POST /MAAS/api/2.0/image-versions/ promote admin -
        POST /MAAS/api/2.0/image-versions/ rollback admin -
        POST /MAAS/api/2.0/image-versions/ unpin admin -
        GET /MAAS/api/2.0/images/ - user rku
        POST /MAAS/api/2.0/images/ change_source admin -
        POST /MAAS/api/2.0/images/ remove admin -
        POST /MAAS/api/2.0/images/ select admin -
        GET /MAAS/api/2.0/imports/ - user rku
        POST /MAAS/api/2.0/imports/ - admin -
        POST /MAAS/api/2.0/imports/ stop admin -
        GET /MAAS/api/2.0/imports/current/ - user rku
        GET /MAAS/api/2.0/imports/{id}/ - user rku
        GET /MAAS/api/2.0/maas/ get_config user rku
        POST /MAAS/api/2.0/maas/ set_config admin -
        GET /MAAS/api/2.0/offers/ - user rku
        GET /MAAS/api/2.0/openapi.yaml - anyone rku
        GET /MAAS/api/2.0/plan/ - user rku
        POST /MAAS/api/2.0/plan/ preview admin -
        POST /MAAS/api/2.0/rack/boot-records/ - rack -
        GET /MAAS/api/2.0/rack/configuration/ - rack -
        POST /MAAS/api/2.0/rack/enrolment/ - anyone rku
        POST /MAAS/api/2.0/rack/report/ - rack -
        GET /MAAS/api/2.0/rackcontrollers/ - user rku
        POST /MAAS/api/2.0/rackcontrollers/ import_boot_images admin -
        GET /MAAS/api/2.0/rackcontrollers/{system_id}/ - user rku
        GET /MAAS/api/2.0/rackcontrollers/{system_id}/ list_boot_images admin rku
        POST /MAAS/api/2.0/rackcontrollers/{system_id}/ import_boot_images admin -
        GET /MAAS/api/2.0/racks/ - user rku
        POST /MAAS/api/2.0/racks/ create_token admin -
        DELETE /MAAS/api/2.0/racks/{system_id}/ - admin -
        GET /MAAS/api/2.0/racks/{system_id}/ - user rku
        POST /MAAS/api/2.0/racks/{system_id}/ import_boot_images admin -
        PUT /MAAS/api/2.0/racks/{system_id}/ - admin -
        GET /MAAS/api/2.0/retention/ - user rku
        GET /MAAS/api/2.0/retention/{selection_id}/ - user rku
        PUT /MAAS/api/2.0/retention/{selection_id}/ - admin -
        GET /MAAS/api/2.0/scrub/ - user rku
        POST /MAAS/api/2.0/scrub/ start admin -
        POST /MAAS/api/2.0/scrub/ stop admin -
        DELETE /MAAS/api/2.0/session/ - anyone rku
        GET /MAAS/api/2.0/session/ - anyone rku
        POST /MAAS/api/2.0/session/ - anyone rku
        POST /MAAS/api/2.0/session/ first anyone rku
        GET /MAAS/api/2.0/source-networks/ - admin rku
        GET /MAAS/api/2.0/source-networks/{boot_source_id}/ - admin rku
        PUT /MAAS/api/2.0/source-networks/{boot_source_id}/ - admin -
        GET /MAAS/api/2.0/storage/ - user rku
        POST /MAAS/api/2.0/storage/ collect admin -
        GET /MAAS/api/2.0/stream-keys/ - user rku
        POST /MAAS/api/2.0/stream-keys/ announce admin -
        POST /MAAS/api/2.0/stream-keys/ drop_former admin -
        POST /MAAS/api/2.0/stream-keys/ switch admin -
        GET /MAAS/api/2.0/uploads/ - user rku
        GET /MAAS/api/2.0/users/ - user rku
        GET /MAAS/api/2.0/users/ whoami user rku
        POST /MAAS/api/2.0/users/ - admin -
        DELETE /MAAS/api/2.0/users/{username}/ - admin -
        GET /MAAS/api/2.0/users/{username}/ - user rku
        POST /MAAS/api/2.0/users/{username}/ set_password self -
        GET /MAAS/api/2.0/version/ - anyone rku
        GET /MAAS/api/2.0/views/ - user rku
        POST /MAAS/api/2.0/views/ - admin -
        DELETE /MAAS/api/2.0/views/{name}/ - admin -
        GET /MAAS/api/2.0/views/{name}/ - user rku
        POST /MAAS/api/2.0/views/{name}/ create_token admin -
        POST /MAAS/api/2.0/views/{name}/ revoke_token admin -
        PUT /MAAS/api/2.0/views/{name}/ - admin -
        """).ToFrozenDictionary(l => KeyOf(l[0], l[1], l[2] == "-" ? null : l[2]), l => new Access(l[3], l[4]), StringComparer.Ordinal);

    /// <summary>What is not declared: part of the region, method, path, who.</summary>
    public static IReadOnlyList<(string Place, string Method, string Path, Access Access)> Beside { get; } =
    [
        .. Lines(
            """
            /healthz GET /healthz anyone rku
            /healthz POST /healthz nobody -
            /readyz GET /readyz anyone rku
            /readyz POST /readyz nobody -
            /metrics GET /metrics anyone rku
            /metrics DELETE /metrics nobody -
            /MAAS/images-stream/ GET /MAAS/images-stream/streams/v1/index.json anyone rku
            /MAAS/images-stream/ GET /MAAS/images-stream/streams/v1/keyring.gpg anyone rku
            /MAAS/images-stream/ HEAD /MAAS/images-stream/streams/v1/index.sjson anyone rku
            /MAAS/images-stream/ GET /MAAS/images-stream/sha256/no/such anyone rku
            /MAAS/images-stream/ GET /MAAS/images-stream/views/none/streams/v1/index.json anyone rku
            /MAAS/images-stream/ GET /MAAS/images-stream/private/guessed/streams/v1/index.json anyone rku
            /MAAS/images-stream/ PUT /MAAS/images-stream/views/none/streams/v1/index.json nobody -
            /MAAS/images-stream/ PUT /MAAS/images-stream/streams/v1/index.json nobody -
            /MAAS/images-stream/ POST /MAAS/images-stream/streams/v1/index.json nobody -
            /MAAS/images-stream/ DELETE /MAAS/images-stream/streams/v1/index.json nobody -
            /MAAS/uploads/ OPTIONS /MAAS/uploads/ anyone rku
            /MAAS/uploads/ POST /MAAS/uploads/ admin u
            /MAAS/uploads/ HEAD /MAAS/uploads/987654 admin u
            /MAAS/uploads/ GET /MAAS/uploads/987654 admin u
            /MAAS/uploads/ PATCH /MAAS/uploads/987654 admin u
            /MAAS/uploads/ DELETE /MAAS/uploads/987654 admin u
            /MAAS/api/version/ GET /MAAS/api/version/ anyone rku
            /MAAS/accounts/authenticate/ POST /MAAS/accounts/authenticate/ password -
            /MAAS/accounts/authenticate/ GET /MAAS/accounts/authenticate/ nobody -
            /MAAS/accounts/login/ GET /MAAS/accounts/login/ anyone rku
            /MAAS/accounts/login/ POST /MAAS/accounts/login/ nobody -
            /MAAS/live/ GET /MAAS/live/ user rku
            /MAAS/ GET /MAAS/ anyone rku
            /MAAS/ GET /MAAS/r/images anyone rku
            /MAAS/ POST /MAAS/r/images nobody -
            """).Select(l => (l[0], l[1], l[2], new Access(l[3], l[4]))),
    ];

    /// <summary>Key of an action.</summary>
    public static string KeyOf(string method, string path, string? op) => $"{method} {path} {op ?? "-"}";

    private static IEnumerable<string[]> Lines(string text) => text.Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
