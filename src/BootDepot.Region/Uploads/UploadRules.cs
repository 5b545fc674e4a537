using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Resources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Uploads;

/// <summary>What the name, architecture and base image of an upload may be, with MAAS's words for each rule.</summary>
internal static class UploadRules
{
    // So that a region without any image can take uploads.
    private static readonly string[] AlwaysUsable =
    [
        "amd64/generic", "arm64/generic", "armhf/generic", "i386/generic", "ppc64el/generic", "riscv64/generic",
        "s390x/generic",
    ];

    /// <summary>Checks a name against known operating systems and what the sources offer.</summary>
    public static async Task CheckNameAsync(CatalogContext db, string name, FieldErrors errors, CancellationToken cancel)
    {
        if (name.Length > SafeName.MaxLength)
            errors.Add("name", Sources.SourceRules.TooLong(SafeName.MaxLength, name.Length));
        else if (!ImageName.TryParse(name, out var parsed))
            errors.Add("name", $"'{name}' is not an image name: one name, or os/name with one slash, without blanks.");
        else if (!parsed.IsBare && !OperatingSystems.Known.Contains(parsed.Os, StringComparer.Ordinal))
        {
            var known = string.Join(", ", OperatingSystems.Known.Select(os => $"'{os}'"));
            errors.Add("name", $"Unsupport operating system {parsed.Os}, supported operating systems: [{known}]");
        }
        else if (await IsReservedAsync(db, parsed, cancel))
            errors.Add("name", $"{name} is a reserved name");
    }

    /// <summary>Checks an architecture against what synced images run on.</summary>
    public static async Task CheckArchitectureAsync(
        CatalogContext db, string architecture, FieldErrors errors, CancellationToken cancel)
    {
        var usable = await UsableArchitecturesAsync(db, cancel);
        if (usable.Contains(architecture))
            return;
        var choices = string.Join(", ", usable.Select(a => $"'{a}'"));
        errors.Add("architecture", $"'{architecture}' is not a valid architecture.  It should be one of: {choices}.");
    }

    /// <summary>Checks a base image that was sent; null stays null. Returns it in lower case.</summary>
    public static string? CheckBaseImage(string? text, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var parts = text.ToLowerInvariant().Split('/');
        if (parts is not [{ Length: > 0 } os, { Length: > 0 } series])
            errors.Add("base_image", "a base image must follow the format: <osystem>/<series>");
        else if (!OperatingSystems.Bases.Contains(os, StringComparer.Ordinal))
            errors.Add("base_image", "custom images require a valid non-custom OS type base image");
        else if (os == "ubuntu" && !OperatingSystems.UbuntuSeries.Contains(series, StringComparer.Ordinal))
            errors.Add("base_image", "please select a valid base image OS and version");
        else
            return $"{os}/{series}";
        return null;
    }

    private static async Task<bool> IsReservedAsync(CatalogContext db, ImageName name, CancellationToken cancel)
    {
        var text = name.ToString();
        if (!name.IsBare)
            return await db.Offers.AnyAsync(o => o.Os == name.Os && o.Release == name.Release, cancel);
        return OperatingSystems.Known.Contains(text, StringComparer.Ordinal) || OperatingSystems.IsReservedCentos(text)
            || await db.Offers.AnyAsync(o => o.Os == text || o.Release == text, cancel);
    }

    private static async Task<SortedSet<string>> UsableArchitecturesAsync(CatalogContext db, CancellationToken cancel)
    {
        var images = await db.Resources.AsNoTracking()
            .Where(r => r.Kind == ResourceKind.Synced && r.BootloaderType == null && r.Sets.Any(s => s.CompletedAt != null))
            .Select(r => new { r.Architecture, r.Subarches, r.Platform, r.SupportedPlatforms })
            .Distinct().ToListAsync(cancel);
        var usable = new SortedSet<string>(AlwaysUsable, StringComparer.Ordinal);
        foreach (var image in images)
        {
            if (!Architecture.TryParse(image.Architecture, out var own))
                continue;
            string?[] more = [own.Subarch, image.Platform, .. Split(image.Subarches), .. Split(image.SupportedPlatforms)];
            foreach (var subarch in more)
            {
                if (!string.IsNullOrEmpty(subarch) && !IsKernelLine(subarch))
                    usable.Add($"{own.Arch}/{subarch}");
            }
        }

        return usable;
    }

    private static string[] Split(string? list) => list?.Split(',') ?? [];

    private static bool IsKernelLine(string subarch) =>
        subarch.Contains("hwe-", StringComparison.Ordinal) || subarch.Contains("ga-", StringComparison.Ordinal);
}
