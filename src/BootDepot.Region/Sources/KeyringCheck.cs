using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sources;

/// <summary>
/// Looks, at every start, whether the keyring files of the sources are there, so that a region says what it lacks before an
/// import fails for it, and stops saying so once the file is installed. Uses no network.
/// </summary>
internal sealed class KeyringCheck(CatalogDatabase catalog)
{
    /// <summary>Code of the problem.</summary>
    public const string Missing = "keyring-missing";

    /// <summary>Looks, and writes down what changed.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            var sources = await db.BootSources.AsNoTracking().Where(s => s.KeyringFilename != "").ToListAsync(cancel);
            if (!sources.Exists(IsOutdated))
                return;
        }

        await catalog.ChangeAsync(
            async (db, token) =>
            {
                foreach (var source in (await db.BootSources.Where(s => s.KeyringFilename != "").ToListAsync(token)).Where(IsOutdated))
                    Write(source, [source.KeyringFilename]);
            },
            cancel);
    }

    /// <summary>Writes down whether the keyring of a source is there.</summary>
    /// <param name="source">The source.</param>
    /// <param name="looked">Where it was looked for.</param>
    public static void Write(BootSource source, IEnumerable<string> looked) =>
        (source.ProblemCode, source.ProblemMessage) = HasKeyring(source)
            ? (null, null)
            : (Missing,
                $"No keyring was found to verify {UrlText.WithoutPassword(source.Url)} with (looked for {string.Join(", ", looked)}). Install "
                + "the package ubuntu-keyring, or give this source a keyring_filename or keyring_data.");

    // A problem of another kind is more than this check can judge.
    private static bool IsOutdated(BootSource source) => HasKeyring(source)
        ? source.ProblemCode == Missing
        : source.ProblemCode is null;

    private static bool HasKeyring(BootSource source) =>
        source.SkipKeyringVerification || source.KeyringData.Length > 0 || File.Exists(source.KeyringFilename);
}
