using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Sources;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sources;

/// <summary>What a boot source must be like, with MAAS's words for each rule.</summary>
internal static class SourceRules
{
    private const int MaxUrl = 200;
    private const int MaxName = 255;

    private static readonly string[] Schemes = ["http", "https", "ftp", "ftps"];

    /// <summary>Puts the draft on the source and adds what is wrong to <paramref name="errors"/>.</summary>
    public static void Apply(SourceDraft draft, BootSource source, FieldErrors errors)
    {
        var namedAfterUrl = source.Name == UrlText.WithoutPassword(source.Url);
        if (draft.Url is { } url)
            source.Url = url;
        CheckUrl(source.Url, errors);
        if (!string.IsNullOrEmpty(draft.Name))
            source.Name = draft.Name;
        else if (namedAfterUrl)
            source.Name = UrlText.WithoutPassword(source.Url)!;
        if (source.Name.Length > MaxName)
            errors.Add("name", TooLong(MaxName, source.Name.Length));
        source.Priority = draft.Priority ?? source.Priority;
        source.Enabled = draft.Enabled ?? source.Enabled;
        source.SkipKeyringVerification = draft.SkipKeyringVerification ?? source.SkipKeyringVerification;
        ApplyKeyring(draft, source, errors);
    }

    /// <summary>Adds what is wrong because of other sources.</summary>
    public static async Task CheckUniqueAsync(CatalogContext db, BootSource source, FieldErrors errors, CancellationToken cancel)
    {
        var others = await db.BootSources.AsNoTracking()
            .Where(s => s.Id != source.Id).Select(s => new { s.Url, s.Name }).ToListAsync(cancel);
        var url = source.Url.TrimEnd('/');
        if (!errors.Has("url") && others.Exists(s => s.Url.TrimEnd('/') == url))
            errors.Add("url", "Boot source with this Url already exists.");
        else if (!errors.Has("name") && others.Exists(s => s.Name == source.Name))
            errors.Add("name", "Boot source with this Name already exists.");
    }

    /// <summary>MAAS's words for a text that is too long.</summary>
    public static string TooLong(int limit, int length) => string.Create(
        CultureInfo.InvariantCulture, $"Ensure this value has at most {limit} characters (it has {length}).");

    private static void CheckUrl(string url, FieldErrors errors)
    {
        if (url.Length == 0)
            errors.Add("url", FieldErrors.RequiredText);
        else if (url.Length > MaxUrl)
            errors.Add("url", TooLong(MaxUrl, url.Length));
        else if (url.Any(c => c <= ' ' || char.IsControl(c)) || !Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || !Schemes.Contains(parsed.Scheme, StringComparer.Ordinal) || parsed.Host.Length == 0)
            errors.Add("url", "Enter a valid URL.");
    }

    // The form that comes in replaces the one that was there, so that a keyring can be changed in one request.
    private static void ApplyKeyring(SourceDraft draft, BootSource source, FieldErrors errors)
    {
        if (draft is { KeyringFilename.Length: > 0, KeyringData: not null })
        {
            errors.Add(FieldErrors.WholeForm, "Only one of keyring_filename or keyring_data can be specified.");
            return;
        }

        if (draft.KeyringData is { } data)
            (source.KeyringData, source.KeyringFilename) = (data, "");
        else if (draft.KeyringFilename is { Length: > 0 } path)
            (source.KeyringFilename, source.KeyringData) = (path, []);
        else if (draft.KeyringFilename is not null)
            source.KeyringFilename = "";
        if (source is { SkipKeyringVerification: false, KeyringFilename: "", KeyringData: [] } && !errors.Has("keyring_data"))
            errors.Add(FieldErrors.WholeForm, "One of keyring_data or keyring_filename must be specified.");
    }
}
