using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BootDepot.Rack.Tree;

/// <summary>
/// <c>maas.meta</c> beside the images: what the tree shows, nested by operating system, architecture, sub-architecture,
/// kernel flavour, release and label, with the keys that MAAS 2.x writes.
/// </summary>
internal static class MetaFile
{
    public const string Name = "maas.meta";

    public static byte[] Write(TreePlan plan)
    {
        var root = new JsonObject();
        foreach (var image in plan.Images.Values.DistinctBy(i => (i.Key, i.Label)))
        {
            var level = root;
            string[] path =
            [
                image.Os, image.Key.Architecture.Arch, image.Subarch, image.KernelFlavor ?? "generic", image.Release, image.Label,
            ];
            foreach (var name in path)
            {
                if (level[name] is not JsonObject next)
                    level[name] = next = [];
                level = next;
            }

            level["content_id"] = image.ContentId;
            level["product_name"] = image.ProductName;
            level["version_name"] = image.Version.ToString();
            level["path"] = image.Files.Count > 0 ? image.Files[0].Path : "";
            level["subarches"] = string.Join(',', image.Subarches);
            level["kflavor"] = image.KernelFlavor ?? "generic";
            if (image.BootloaderType is { } type)
                level["bootloader-type"] = type;
            if (image.ReleaseTitle.Length > 0)
                level["release_title"] = image.ReleaseTitle;
        }

        return JsonSerializer.SerializeToUtf8Bytes(root, MetaJson.Default.JsonObject);
    }
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class MetaJson : System.Text.Json.Serialization.JsonSerializerContext;
