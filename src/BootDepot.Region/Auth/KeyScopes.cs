using System;
using System.Collections.Generic;
using System.Linq;
using BootDepot.Catalog.Users;
using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Auth;

/// <summary>What keys of limited scope may do: look, and upload if they are for that. Never anything about keys themselves.</summary>
internal static class KeyScopes
{
    private const string Account = "AccountHandler";
    private const string Uploads = "BootResourceFileUploadHandler";
    private static readonly string[] UploadActions = ["create", "create_whole"];

    private static readonly Dictionary<string, KeyScope> Names = new(StringComparer.Ordinal)
    {
        ["all"] = KeyScope.All,
        ["read-only"] = KeyScope.ReadOnly,
        ["rack"] = KeyScope.Rack,
        ["upload"] = KeyScope.Upload,
    };

    /// <summary>The names, for people.</summary>
    public static string AllNames { get; } = string.Join(", ", Names.Keys);

    /// <summary>The scope of that name; null when there is none.</summary>
    public static KeyScope? FindOrNull(string name) => Names.TryGetValue(name, out var scope) ? scope : null;

    /// <summary>Its name.</summary>
    public static string NameOf(KeyScope scope) => Names.First(n => n.Value == scope).Key;

    /// <summary>Whether a key of that scope may be used for an action.</summary>
    public static bool Allows(KeyScope scope, ApiHandler handler, ApiAction action) => scope switch
    {
        KeyScope.All => true,
        // The list of keys shows them whole.
        _ when handler.Name == Account => false,
        _ when action.Method is "GET" or "HEAD" => true,
        KeyScope.Upload => handler.Name == Uploads || (handler.Name == "BootResourcesHandler" && Array.IndexOf(UploadActions, action.Name) >= 0),
        _ => false,
    };
}
