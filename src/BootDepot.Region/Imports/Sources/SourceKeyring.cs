using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Imports.Sources;

/// <summary>The keys that must have signed a source's documents.</summary>
/// <param name="Keyring">The keys; null when the operator switched verification off for this source.</param>
/// <param name="ChangedAt">When the file was last written; null when the keys are in the catalogue.</param>
internal sealed record SourceKeyring(Keyring? Keyring, DateTimeOffset? ChangedAt)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="StreamException">They are missing or cannot be used; the message says what to do.</exception>
    public static async Task<SourceKeyring> ReadAsync(SourceFacts source, CancellationToken cancel)
    {
        if (source.SkipVerification)
            return new SourceKeyring(null, null);
        if (source.KeyringData.Length > 0)
            return new SourceKeyring(Keyring.Parse(source.KeyringData), null);
        if (source.KeyringFilename.Length == 0)
        {
            throw new StreamException(
                "keyring-missing",
                $"The source {UrlText.WithoutPassword(source.Url)} has no keyring to verify its stream with. Give it keyring_filename or keyring_data.");
        }

        try
        {
            var file = new FileInfo(source.KeyringFilename);
            if (file.Exists && file.Length > Keyring.MaxBytes)
            {
                throw new StreamException(
                    StreamErrors.KeyringMalformed,
                    $"The keyring {source.KeyringFilename} has {file.Length} bytes, more than the {Keyring.MaxBytes} that are read.");
            }

            var bytes = await File.ReadAllBytesAsync(source.KeyringFilename, cancel);
            return new SourceKeyring(Keyring.Parse(bytes), new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamException(
                "keyring-missing",
                $"The keyring {source.KeyringFilename} of the source {UrlText.WithoutPassword(source.Url)} cannot be read: {e.Message} "
                + "Install it there (for Ubuntu's images: the package ubuntu-keyring), or give the source another.",
                e);
        }
    }
}
