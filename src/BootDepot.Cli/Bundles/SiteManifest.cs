using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Cli.Output;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Cli.Bundles;

/// <summary>
/// Which files of images a site has: after a first line with the format, a line <c>SHA256 SIZE</c> for each file of a complete image,
/// by digest. Not signed: what is wrong in it makes a bundle that is refused, or larger than it had to be.
/// </summary>
internal static class SiteManifest
{
    private const string Format = "bootdepot-site-1";

    public static async Task WriteAsync(CatalogDatabase catalog, TextWriter target, CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        var files = await db.Files.AsNoTracking().Where(f => f.StoredAt != null)
            .Select(f => new { f.Sha256, f.Size }).Distinct().ToListAsync(cancel);
        await target.WriteAsync(Format + "\n");
        foreach (var file in files.OrderBy(f => f.Sha256, StringComparer.Ordinal))
            await target.WriteAsync(FormattableString.Invariant($"{file.Sha256} {file.Size}\n"));
    }

    /// <exception cref="CommandFailure"><c>site-manifest-invalid</c>.</exception>
    public static async Task<IReadOnlySet<Digest>> ReadAsync(string file, CancellationToken cancel)
    {
        var digests = new HashSet<Digest>();
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(file, cancel))
        {
            var isGood = number++ == 0
                ? line == Format
                : line.Length > Digest.HexLength && line[Digest.HexLength] == ' ' && Digest.TryParse(line[..Digest.HexLength], out var digest) && digests.Add(digest);
            if (!isGood)
                throw new CommandFailure(new Fault("site-manifest-invalid", $"{file} is not what 'bootdepot bundle manifest' writes: line {number} is not as it should be. Write it anew at the site."));
        }

        return number > 0 ? digests : throw new CommandFailure(new Fault("site-manifest-invalid", $"{file} is empty. Write it anew at the site: bootdepot bundle manifest > FILE"));
    }
}
