using System.Collections.Generic;
using System.Linq;

namespace BootDepot.FakeMaas;

/// <summary>The description of the API, as <c>describe/</c> gives it.</summary>
internal static class Describe
{
    public const string Hash = "dbc3503fab0104483514b05f547b64029db5e57c";

    // handler: parameters of the path: path: actions as name METHOD [op] with * where data is taken
    private static readonly string[] Table =
    [
        "AccountHandler||account/|create_authorisation_token POST *;delete_authorisation_token POST *;list_authorisation_tokens GET;update_token_name POST *",
        "BootResourceFileUploadHandler|resource_id,id|boot-resources/{resource_id}/upload/{id}/|update PUT",
        "BootResourceHandler|id|boot-resources/{id}/|delete DELETE;read GET",
        "BootResourcesHandler||boot-resources/|create POST *;import POST;is_importing GET;read GET *;stop_import POST",
        "BootSourceHandler|id|boot-sources/{id}/|delete DELETE;read GET;update PUT *",
        "BootSourceSelectionHandler|boot_source_id,id|boot-sources/{boot_source_id}/selections/{id}/|delete DELETE;read GET;update PUT *",
        "BootSourceSelectionsHandler|boot_source_id|boot-sources/{boot_source_id}/selections/|create POST *;read GET",
        "BootSourcesHandler||boot-sources/|create POST *;read GET",
        "EventsHandler||events/|query GET *",
        "MaasHandler||maas/|get_config GET *;set_config POST *",
        "RackControllerHandler|system_id|rackcontrollers/{system_id}/|import_boot_images POST;list_boot_images GET;read GET",
        "RackControllersHandler||rackcontrollers/|import_boot_images POST;read GET *",
        "UserHandler|username|users/{username}/|delete DELETE *;read GET",
        "UsersHandler||users/|create POST *;read GET;whoami GET",
    ];

    public static Dictionary<string, object?> Document(string origin)
    {
        var resources = Table.Select(r => Resource(r, origin, anonymous: false))
            .Append(Resource("VersionHandler||version/|read GET", origin, anonymous: true)).ToList();
        return new() { ["doc"] = "MAAS API", ["handlers"] = new List<object>(), ["hash"] = Hash, ["resources"] = resources };
    }

    private static Dictionary<string, object?> Resource(string row, string origin, bool anonymous)
    {
        var parts = row.Split('|');
        var handler = new Dictionary<string, object?>
        {
            ["name"] = parts[0],
            ["doc"] = $"About {parts[2]}\n\nMore about it.",
            ["params"] = parts[1].Length == 0 ? [] : parts[1].Split(','),
            ["path"] = "/MAAS/api/2.0/" + parts[2],
            ["uri"] = origin + "/MAAS/api/2.0/" + parts[2],
            ["actions"] = parts[3].Split(';').Select(Action).ToList(),
        };
        return new() { ["name"] = parts[0], ["anon"] = anonymous ? handler : null, ["auth"] = anonymous ? null : handler };
    }

    private static Dictionary<string, object?> Action(string text)
    {
        var words = text.Split(' ');
        var restful = words[0] is "read" or "create" or "update" or "delete";
        return new()
        {
            ["name"] = words[0],
            ["method"] = words[1],
            ["op"] = restful ? null : words[0],
            ["restful"] = restful,
            ["doc"] = $"Title of {words[0]}\n\nText.\n\n" + (words.Contains("*") ? ":param name: Optional.  A value.\n:type name: string\n" : ""),
        };
    }
}
