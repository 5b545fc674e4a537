using System;
using System.Globalization;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Sources;

namespace BootDepot.Region.Api.BootSources;

/// <summary>Reads the fields of a boot source from a form.</summary>
internal static class BootSourceForm
{
    private const string KeyringData = "keyring_data";

    /// <summary>The draft; what cannot be read is in <paramref name="errors"/>.</summary>
    public static async Task<SourceDraft> ReadAsync(ApiRequest request, FieldErrors errors, CancellationToken cancel)
    {
        var fields = request.Fields;
        return new SourceDraft
        {
            Url = fields.LastOrNull("url")?.Trim(),
            Name = fields.LastOrNull("name")?.Trim(),
            Priority = ReadPriority(fields.LastOrNull("priority"), errors),
            Enabled = ReadFlag(fields.LastOrNull("enabled")),
            SkipKeyringVerification = ReadFlag(fields.LastOrNull("skip_keyring_verification")),
            KeyringFilename = fields.LastOrNull("keyring_filename")?.Trim(),
            KeyringData = await ReadKeyringAsync(request.Form, errors, cancel),
        };
    }

    // MAAS's nullable flag: three spellings each way, and everything else, 1 and 0 included, is ignored.
    private static bool? ReadFlag(string? text) => text switch
    {
        "true" or "True" or "2" => true,
        "false" or "False" or "3" => false,
        _ => null,
    };

    private static int? ReadPriority(string? text, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (!int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            errors.Add("priority", "Enter a whole number.");
        else if (value < 0)
            errors.Add("priority", "Ensure this value is greater than or equal to 0.");
        else
            return value;
        return null;
    }

    // A file part holds the keyring itself. A text field, which MAAS ignores, holds base64 or armoured text; an empty one
    // is what libmaas sends for "none".
    private static async Task<byte[]?> ReadKeyringAsync(Form form, FieldErrors errors, CancellationToken cancel)
    {
        if (form.FileOrNull(KeyringData) is { } file)
        {
            if (file.Length > 0)
                return await file.ReadAllAsync(cancel);
            errors.Add(KeyringData, "The submitted file is empty.");
            return null;
        }

        if (form.Fields.LastOrNull(KeyringData) is not { } text || string.IsNullOrWhiteSpace(text))
            return null;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (text.TrimStart().StartsWith("-----BEGIN PGP", StringComparison.Ordinal))
            return bytes;
        if (Base64Text.DecodeOrNull(bytes) is { Length: > 0 } decoded)
            return decoded;
        errors.Add(KeyringData, "Enter a keyring as base64 or as ASCII-armoured text, or send it as a file.");
        return null;
    }
}
