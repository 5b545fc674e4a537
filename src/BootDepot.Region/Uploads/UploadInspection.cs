using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.DiskImages;
using BootDepot.DiskImages.Check;
using BootDepot.DiskImages.Conversions;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>What an upload was declared to be.</summary>
/// <param name="Type">Kind of file.</param>
/// <param name="Architecture"><c>arch/subarch</c>.</param>
/// <param name="BaseImage"><c>os/series</c>, or empty.</param>
/// <param name="Force">Whether the declaration holds whatever the bytes are.</param>
/// <param name="ConvertTo">What it shall become; null for nothing else.</param>
internal sealed record Declared(FileType Type, string Architecture, string BaseImage, bool Force, FileType? ConvertTo);

/// <summary>What comes of looking into an uploaded file.</summary>
/// <param name="Found">What it is, for a person.</param>
internal abstract record Inspected(string Found)
{
    /// <summary>It can be published as it is.</summary>
    public sealed record Accepted(string Found, IReadOnlyList<Fault> Warnings) : Inspected(Found);

    /// <summary>It has to be converted first.</summary>
    public sealed record ToConvert(string Found, FileType Target) : Inspected(Found);

    /// <summary>It is something else than it was declared to be.</summary>
    public sealed record Refused(string Found, UploadRefusal Why) : Inspected(Found);
}

/// <summary>
/// Decides about uploaded bytes. Only what is known to be something else is refused: MAAS takes any bytes for any type, so
/// bytes that say nothing are accepted with a warning (docs/uploads.md has the table).
/// </summary>
internal sealed class UploadInspection(IBlobStore blobs, CatalogDatabase catalog, SettingsStore settings, DiskImageConverter converter)
    : IDisposable
{
    // A size that could be that of a disk with a VHD's footer, so that such a disk is not told early.
    private const long UnknownSize = 512;

    private const string BootFilesMissing = "upload-boot-files-missing";

    /// <summary>What is certain from the first bytes on; damage may lie in what has not come.</summary>
    private static readonly ImmutableArray<string> EarlyCodes =
    [
        FaultCodes.TypeMismatch, FaultCodes.NotConvertible, FaultCodes.ToolMissing, FaultCodes.BackingFile, FaultCodes.ExternalData,
        FaultCodes.Encrypted, FaultCodes.UnsupportedVariant, FaultCodes.Ambiguous,
    ];

    // A look may take some mebibytes; many uploads may begin at once.
    private readonly SemaphoreSlim _looks = new(Environment.ProcessorCount);

    /// <summary>Looks into a blob that is held.</summary>
    public async Task<Inspected> InspectAsync(Digest digest, Declared declared, CancellationToken cancel)
    {
        Identification found;
        await using (var content = await blobs.OpenOrNullAsync(digest, 0, cancel)
            ?? throw new System.IO.FileNotFoundException($"The blob {digest} has gone while it was looked at."))
        {
            found = await DiskImageInspector.IdentifyAsync(content, cancel);
        }

        var result = Judge(found, declared);
        return result is Inspected.Accepted accepted && await BootFilesWarningOrNullAsync(declared, cancel) is { } warning
            ? accepted with { Warnings = [.. accepted.Warnings, warning] }
            : result;
    }

    /// <summary>
    /// Looks at the first bytes of an upload that goes on: the refusal with which it would end, if that is certain already; else
    /// null.
    /// </summary>
    /// <param name="start">The first bytes.</param>
    /// <param name="size">How many there will be; null when the uploader does not say.</param>
    /// <param name="declared">What they were declared to be.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<Inspected.Refused?> RefuseEarlyOrNullAsync(
        ReadOnlyMemory<byte> start, long? size, Declared declared, CancellationToken cancel)
    {
        // What is here as a whole is looked at as a whole, in a moment.
        if (start.Length >= size)
            return null;
        await _looks.WaitAsync(cancel);
        try
        {
            return await DiskImageInspector.IdentifyStartOrNullAsync(start, size ?? UnknownSize, cancel) is { } found
                && Judge(found, declared) is Inspected.Refused refused && EarlyCodes.Contains(refused.Why.Fault.Code, StringComparer.Ordinal)
                    ? refused
                    : null;
        }
        finally
        {
            _looks.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _looks.Dispose();

    private Inspected Judge(Identification found, Declared declared)
    {
        var text = found.ToString();
        if (TargetOrNull(found, declared) is { } target && found.UploadType != target)
        {
            if (!DiskImageConverter.TargetsOf(found).Contains(target))
                return Refuse(NotConvertible(found, target));
            return IsVirtual(found) && converter.ToolMissingOrNull() is { } missing
                ? Refuse(missing)
                : new Inspected.ToConvert(text, target);
        }

        Architecture? architecture = Architecture.TryParse(declared.Architecture, out var parsed) ? parsed : null;
        return DeclaredType.Check(declared.Type, architecture, found, declared.Force) switch
        {
            TypeVerdict.Accepted accepted => new Inspected.Accepted(text, accepted.Warnings),
            TypeVerdict.Unknown unknown => new Inspected.Accepted(text, [unknown.Fault]),
            TypeVerdict.Refused refused when refused.Fault.Code == FaultCodes.TypeMismatch && SaysNothing(found) =>
                new Inspected.Accepted(text, [new Fault(
                    FaultCodes.NotRecognised,
                    $"The content was not recognised ({text}); it is taken for {declared.Type.UploadName} because you say so.")]),
            TypeVerdict.Refused refused => Refuse(refused.Fault, refused.RightType ?? ConvertedTypeOrNull(found), refused.CanForce),
            _ => throw new InvalidOperationException(),
        };

        Inspected.Refused Refuse(Fault fault, FileType? right = null, bool canForce = false) =>
            new(text, new UploadRefusal(fault, declared.Type.UploadName, text, right?.UploadName, canForce));
    }

    // A virtual disk under a packed disk type can only be meant to be converted. Under ddraw it would be written to the
    // machine's disk as it is, which many have done by mistake: that is refused unless conversion was asked for.
    private static FileType? TargetOrNull(Identification found, Declared declared)
    {
        if (declared.ConvertTo is { } wanted)
            return wanted;
        return !declared.Force && IsVirtual(found) && declared.Type.UploadName != "ddraw"
            && DiskImageConverter.TargetsOf(found).Contains(declared.Type)
            ? declared.Type
            : null;
    }

    // Under this type a virtual disk is taken, to be converted.
    private static FileType? ConvertedTypeOrNull(Identification found) =>
        IsVirtual(found) && FileType.FindUploadOrNull("ddgz") is { } type && DiskImageConverter.TargetsOf(found).Contains(type) ? type : null;

    private static bool IsVirtual(Identification found) => found.Found.Innermost is VirtualDiskFound or ApplianceFound;

    private static bool SaysNothing(Identification found) =>
        found.Found is UnknownFound { IsForeign: false } or ScriptFound { LooksLikeInstaller: false };

    private static Fault NotConvertible(Identification found, FileType target)
    {
        if (found.RefusalOrNull is { } refusal)
            return refusal;
        var targets = DiskImageConverter.TargetsOf(found);
        var possible = targets.Count == 0 ? "" : $" It can become {string.Join(", ", targets.Select(t => t.UploadName))}.";
        return new Fault(FaultCodes.NotConvertible, $"The file is {found}; it cannot become {target.UploadName}.{possible}");
    }

    // A machine is deployed from the boot files of the base image, or of the commissioning release where that is no Ubuntu.
    private async Task<Fault?> BootFilesWarningOrNullAsync(Declared declared, CancellationToken cancel)
    {
        if (!Architecture.TryParse(declared.Architecture, out var architecture))
            return null;
        var now = await settings.GetAsync(cancel);
        var release = declared.BaseImage.StartsWith("ubuntu/", StringComparison.Ordinal)
            ? declared.BaseImage
            : $"{now.CommissioningOsystem}/{now.CommissioningDistroSeries}";
        var prefix = architecture.Arch + "/";
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var held = await db.Files.AnyAsync(
            f => f.FileType == "boot-kernel" && f.Set!.CompletedAt != null && f.Set.Resource!.Kind == ResourceKind.Synced
                && f.Set.Resource.Name == release && f.Set.Resource.Architecture.StartsWith(prefix),
            cancel);
        return held
            ? null
            : new Fault(BootFilesMissing, $"This region holds no boot files of {release} for {architecture.Arch}, which deploying this image needs. Select and import {release} for {architecture.Arch}.");
    }
}
