using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using BootDepot.Images;

namespace BootDepot.Transfers.Bundles;

/// <summary>What a bundle says of itself: the text that its maker signs. Everything else in the bundle follows from it.</summary>
public sealed record BundleManifest
{
    /// <summary>The format that is written and read here.</summary>
    public const string CurrentFormat = "bootdepot-bundle-1";

    /// <summary>The name of the document that is the keyring which the source's documents were verified with.</summary>
    public const string KeyringPath = "keyring.gpg";

    /// <summary>Which format this is.</summary>
    public required string Format { get; init; }

    /// <summary>The boot source as the site knows it: a stream's base URL, or the URL of its index.</summary>
    public required string Source { get; init; }

    /// <summary>What was chosen, in the terms of selections; boot loaders come along without.</summary>
    public required IReadOnlyList<BundleSelection> Selections { get; init; }

    /// <summary>The publisher's documents with their signatures as they came, and <see cref="KeyringPath"/>.</summary>
    public required IReadOnlyList<BundleDocument> Documents { get; init; }

    /// <summary>Every file of the chosen images, each digest once.</summary>
    public required IReadOnlyList<BundleBlob> Blobs { get; init; }

    internal byte[] ToText() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Default.BundleManifest), (byte)'\n'];

    /// <exception cref="BundleException"><see cref="BundleErrors.Unreadable"/>.</exception>
    internal static BundleManifest Parse(System.ReadOnlySpan<byte> text)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(text, BundleJson.Default.BundleManifest);
            return manifest is { Format: CurrentFormat }
                ? manifest
                : throw BundleErrors.NotReadable($"its format is '{manifest?.Format}', and {CurrentFormat} is read here; a newer BootDepot may read it");
        }
        catch (JsonException e)
        {
            throw BundleErrors.NotReadable($"its manifest is not as it should be: {e.Message}");
        }
    }
}

/// <summary>A release that was chosen.</summary>
/// <param name="Os">Operating system.</param>
/// <param name="Release">Release.</param>
/// <param name="Arches">Architectures of it that the bundle has.</param>
public sealed record BundleSelection(string Os, string Release, IReadOnlyList<string> Arches);

/// <summary>A document of the stream.</summary>
/// <param name="Path">Path below the stream's base.</param>
/// <param name="Sha256">Digest.</param>
/// <param name="Size">Bytes.</param>
public sealed record BundleDocument(string Path, string Sha256, long Size);

/// <summary>A file of an image.</summary>
/// <param name="Sha256">Digest.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Path">Path of the file in the stream.</param>
/// <param name="Image">The first image that has it: <c>ubuntu/noble amd64/ga-24.04 20260309</c>.</param>
/// <param name="Offset">
/// Where its bytes begin, counted from the end of the manifest's entry; null when the bundle leaves it out because the site has it.
/// </param>
public sealed record BundleBlob(string Sha256, long Size, string Path, string Image, long? Offset)
{
    /// <summary>The digest.</summary>
    [JsonIgnore]
    public Digest Digest => Digest.Parse(Sha256);
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BundleManifest))]
internal sealed partial class BundleJson : JsonSerializerContext;
