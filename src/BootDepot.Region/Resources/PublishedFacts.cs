using System.Linq;
using System.Text.Json.Nodes;
using BootDepot.Catalog.Resources;

namespace BootDepot.Region.Resources;

/// <summary>
/// What the audit trail says of a version that becomes visible: enough to tell for years which bytes an image had and who vouched for them.
/// </summary>
internal static class PublishedFacts
{
    /// <summary>The facts; the files by type, with their SHA-256.</summary>
    public static JsonObject Of(BootResource resource, ResourceSet set)
    {
        var facts = new JsonObject
        {
            ["name"] = resource.Name,
            ["architecture"] = resource.Architecture,
            ["version"] = set.Version,
            ["label"] = set.Label,
        };
        if (set.SignedBy is not null)
            facts["signed_by"] = set.SignedBy;
        if (set.BootSourceId is { } source)
            facts["boot_source_id"] = source;
        if (set.ProductName is not null)
            facts["product"] = set.ProductName;
        facts["files"] = new JsonArray([.. set.Files.OrderBy(f => f.Id).Select(f => (JsonNode)new JsonObject { ["type"] = f.FileType, ["sha256"] = f.Sha256 })]);
        return facts;
    }
}
