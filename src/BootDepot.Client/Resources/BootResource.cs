using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>Where a boot resource comes from.</summary>
public enum BootResourceType
{
    /// <summary>A kind this library does not know; see <see cref="BootResource.TypeText"/>.</summary>
    Unknown,

    /// <summary>Imported from a boot source.</summary>
    Synced,

    /// <summary>Uploaded.</summary>
    Uploaded,

    /// <summary>Uploaded under a name with a slash, on servers before MAAS 2.2.</summary>
    Generated,
}

/// <summary>
/// An image: an operating system release for an architecture, with its versions. Nothing of it can be changed; it can be
/// deleted. Equal to another of the same id on the same server.
/// </summary>
public sealed class BootResource : IEquatable<BootResource>
{
    private readonly MaasConnection _connection;
    private BootResourceDocument _read;

    internal BootResource(MaasConnection connection, BootResourceDocument read)
    {
        _connection = connection;
        _read = read;
        Take(read);
    }

    /// <summary>Number of the resource.</summary>
    public int Id => _read.Id;

    /// <summary>Where it comes from.</summary>
    public BootResourceType Type => Enum.TryParse<BootResourceType>(TypeText, out var type) ? type : BootResourceType.Unknown;

    /// <summary>Where it comes from, as the server says it.</summary>
    public string TypeText => _read.Type ?? "";

    /// <summary><c>os/release</c>, or a bare name.</summary>
    public string Name => _read.Name ?? "";

    /// <summary>Part of the name before the slash; <c>custom</c> for a bare name.</summary>
    public string Os => Name.Split('/') is [var os, _, ..] ? os : "custom";

    /// <summary>Part of the name after the slash; the whole of a bare name.</summary>
    public string Release => Name.Split('/', 2) is [_, var release] ? release : Name;

    /// <summary><c>arch/subarch</c>.</summary>
    public string Architecture => _read.Architecture ?? "";

    /// <summary>Processor architecture, for example <c>amd64</c>.</summary>
    public string Arch => Architecture.Split('/')[0];

    /// <summary>Sub-architecture, for example <c>generic</c> or <c>ga-24.04</c>.</summary>
    public string Subarch => Architecture.Split('/', 2) is [_, var subarch] ? subarch : "";

    /// <summary>Sub-architectures it serves; empty when the server does not say.</summary>
    public IReadOnlyList<string> Subarches { get; private set; } = [];

    /// <summary>Title for people; empty when it has none.</summary>
    public string Title => _read.Title ?? "";

    /// <summary>The release whose kernel a custom image is installed with; null when there is none.</summary>
    public string? BaseImage => _read.BaseImage;

    /// <summary>Kernel flavour; null on servers that do not say.</summary>
    public string? KernelFlavor => _read.Kflavor;

    /// <summary>When a machine was last installed with it (UTC); null for never or when the server does not say.</summary>
    public DateTimeOffset? LastDeployed => MaasDates.ReadOrNull(_read.LastDeployed);

    /// <summary>Path of the object on the server.</summary>
    public string ResourceUri => _read.ResourceUri ?? "";

    /// <summary>Everything else the server says of it.</summary>
    public IReadOnlyDictionary<string, JsonElement> Extra => _read.Extra ?? [];

    /// <summary>Version → set; null in lists, which do not hold them (<see cref="RefreshAsync"/> reads them).</summary>
    public IReadOnlyDictionary<string, BootResourceSet>? Sets { get; private set; }

    /// <summary>The newest version that has files; null when there is none, or in lists.</summary>
    public BootResourceSet? LatestSet => Sets?.Values.Where(s => s.Files.Count > 0).MaxBy(s => s.Version, SetVersions.Comparer);

    /// <summary>Deletes the resource with all its versions; this object keeps what it has.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default) =>
        _connection.RunAsync(new MaasCall(HttpMethod.Delete, BootResources.PathOf(Id)), cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public void Delete(CancellationToken cancellationToken = default) => Blocking.Run(() => DeleteAsync(cancellationToken));

    /// <summary>Reads the resource again, with its sets.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken = default) =>
        Take(await BootResources.ReadAsync(_connection, Id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="RefreshAsync"/>
    public void Refresh(CancellationToken cancellationToken = default) => Blocking.Run(() => RefreshAsync(cancellationToken));

    /// <inheritdoc />
    public bool Equals(BootResource? other) => other is not null && other.Id == Id && other._connection.Api == _connection.Api;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as BootResource);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Id, _connection.Api);

    /// <summary>Number, name and architecture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"boot resource {Id} ({Name} {Architecture})");

    private void Take(BootResourceDocument read)
    {
        _read = read;
        Subarches = (read.Subarches ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Sets = read.Sets?.ToDictionary(s => s.Key, s => BootResourceSet.Of(s.Key, s.Value), StringComparer.Ordinal);
    }
}

/// <summary>A version of a boot resource.</summary>
/// <param name="Version">Its name, for example <c>20260203.1</c>.</param>
/// <param name="Label"><c>uploaded</c>, or the stream's label (<c>stable</c>).</param>
/// <param name="Size">Sum of its files, in bytes.</param>
/// <param name="Complete">Whether all its files are there.</param>
/// <param name="Progress">Percent that is there; 100 when complete.</param>
/// <param name="Files">File name → file.</param>
public sealed record BootResourceSet(
    string Version, string Label, long Size, bool Complete, double Progress, IReadOnlyDictionary<string, BootResourceFile> Files)
{
    internal static BootResourceSet Of(string key, SetDocument d) => new(
        d.Version ?? key, d.Label ?? "", d.Size, d.Complete, d.Complete ? 100 : d.Progress ?? 0,
        (d.Files ?? []).ToDictionary(f => f.Key, f => BootResourceFile.Of(f.Key, f.Value), StringComparer.Ordinal));
}

/// <summary>A file of a version.</summary>
/// <param name="Filename">Its name in the set.</param>
/// <param name="FileType">What it is, for example <c>root-tgz</c> or <c>boot-kernel</c>.</param>
/// <param name="Size">Bytes when complete.</param>
/// <param name="Sha256">SHA-256 in hexadecimal; empty where the server does not say.</param>
/// <param name="Complete">Whether all of it is there.</param>
/// <param name="Progress">Percent that is there; 100 when complete.</param>
/// <param name="UploadUri">Where the rest of an upload goes; null when complete or imported.</param>
/// <param name="FilenameOnDisk">Name in the server's storage; null where the server does not say.</param>
public sealed record BootResourceFile(
    string Filename, string FileType, long Size, string Sha256, bool Complete, double Progress, string? UploadUri, string? FilenameOnDisk)
{
    /// <summary>How many bytes are there, as far as the percentage tells.</summary>
    public long BytesPresent => Complete ? Size : (long)Math.Round(Progress / 100 * Size);

    internal static BootResourceFile Of(string key, FileDocument d) => new(
        d.Filename ?? key, d.Filetype ?? "", d.Size, d.Sha256 ?? "", d.Complete, d.Complete ? 100 : d.Progress ?? 0, d.UploadUri, d.FilenameOnDisk);
}

/// <summary>Order of version names: by date, then by the number after the point, which counts (.10 is after .9).</summary>
internal sealed class SetVersions : IComparer<string>
{
    public static readonly SetVersions Comparer = new();

    public int Compare(string? x, string? y)
    {
        var left = (x ?? "").Split('.');
        var right = (y ?? "").Split('.');
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var order = ComparePart(left.ElementAtOrDefault(i), right.ElementAtOrDefault(i));
            if (order != 0)
                return order;
        }

        return 0;
    }

    private static int ComparePart(string? x, string? y) =>
        ulong.TryParse(x, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
        && ulong.TryParse(y, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
            ? a.CompareTo(b)
            : string.CompareOrdinal(x, y);
}
