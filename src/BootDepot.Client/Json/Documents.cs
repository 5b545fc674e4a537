using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BootDepot.Client;

// What stands in answers, of every age: a member that some server leaves out is nullable.
internal sealed record BootSourceDocument(
    int Id,
    string? Url,
    string? Name,
    int? Priority,
    bool? Enabled,
    bool? SkipKeyringVerification,
    string? KeyringFilename,
    string? KeyringData,
    string? Created,
    string? Updated,
    string? ResourceUri);

internal sealed record SelectionDocument(
    int Id,
    int? BootSourceId,
    string? Os,
    string? Release,
    IReadOnlyList<string>? Arches,
    IReadOnlyList<string>? Subarches,
    IReadOnlyList<string>? Labels,
    string? ResourceUri);

internal sealed record BootResourceDocument(
    int Id,
    string? Type,
    string? Name,
    string? Architecture,
    string? ResourceUri,
    string? LastDeployed,
    string? Subarches,
    string? Title,
    string? Kflavor,
    string? BaseImage,
    Dictionary<string, SetDocument>? Sets)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}

internal sealed record SetDocument(
    string? Version, string? Label, long Size, bool Complete, double? Progress, Dictionary<string, FileDocument>? Files);

internal sealed record FileDocument(
    string? Filename,
    string? Filetype,
    string? Sha256,
    string? FilenameOnDisk,
    long Size,
    bool Complete,
    double? Progress,
    string? UploadUri);

internal sealed record VersionDocument(string? Version, string? Subversion, IReadOnlyList<string>? Capabilities);

internal sealed record UserDocument(string? Username, string? Email, bool? IsLocal, bool? IsSuperuser, string? ResourceUri);

internal sealed record TokenDocument(string? ConsumerKey, string? TokenKey, string? TokenSecret, string? Name);

internal sealed record NamedTokenDocument(string? Name, string? Token);

internal sealed record RackDocument(string? SystemId, string? Hostname, string? Fqdn, string? Version, string? ResourceUri)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}

internal sealed record RackImagesDocument(IReadOnlyList<RackImageDocument>? Images, bool? Connected, string? Status);

internal sealed record RackImageDocument(string? Name, string? Architecture, IReadOnlyList<string>? Subarches);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(List<BootSourceDocument>))]
[JsonSerializable(typeof(List<SelectionDocument>))]
[JsonSerializable(typeof(List<BootResourceDocument>))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(List<UserDocument>))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(List<NamedTokenDocument>))]
[JsonSerializable(typeof(List<RackDocument>))]
[JsonSerializable(typeof(RackImagesDocument))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(bool))]
internal sealed partial class Documents : JsonSerializerContext;
