using System;
using System.Globalization;
using System.Linq;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Sources;
using BootDepot.Region.Uploads;

namespace BootDepot.Region.Api.BootResources;

/// <summary>Reads the fields of an upload from a form.</summary>
internal static class UploadForm
{
    private static readonly string[] OldTypes = ["tgz", "ddtgz"];

    /// <summary>The draft; null when something is wrong, which is then in <paramref name="errors"/>.</summary>
    /// <param name="fields">The form.</param>
    /// <param name="content">Digest and size of a file that came with the form; they are not asked for then.</param>
    /// <param name="version">API generation: 1.0 knows two file types and no base image.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static UploadDraft? ReadOrNull(
        Fields fields, (Digest Digest, long Size)? content, ApiVersion version, FieldErrors errors)
    {
        var name = Required("name", fields, errors);
        var architecture = Required("architecture", fields, errors);
        var wishes = ReadWishes(fields, name, version, errors);
        var type = ReadType(fields.LastOrNull("filetype"), wishes.ConvertTo, version, errors);
        var digest = content?.Digest ?? ReadDigestOrNull(fields, errors);
        var size = content?.Size ?? ReadSize(fields, errors);
        if (!errors.IsEmpty || type is null || digest is null || size is null)
            return null;
        return new UploadDraft(name, architecture, type, digest.Value, size.Value, wishes);
    }

    private static UploadWishes ReadWishes(Fields fields, string name, ApiVersion version, FieldErrors errors)
    {
        // Names of another system than custom have no base image, whatever was sent.
        var isCustom = ImageName.TryParse(name, out var parsed) && parsed.Os == ImageName.CustomOs;
        var baseImage = isCustom && version == ApiVersion.Two
            ? UploadRules.CheckBaseImage(fields.LastOrNull("base_image")?.Trim(), errors)
            : null;
        FileType? convert = null;
        if (fields.LastOrNull("convert") is { Length: > 0 } text && (convert = FileType.FindUploadOrNull(text)) is null)
            errors.Add("convert", NoChoice(text));
        return new UploadWishes(
            fields.LastOrNull("title")?.Trim() ?? "", baseImage, IsTrue(fields.LastOrNull("keep_old")),
            IsTrue(fields.LastOrNull("force")), convert);
    }

    // As MAAS reads flags of settings: everything but false and nothing is true.
    private static bool IsTrue(string? text) => text is not (null or "" or "false" or "False");

    private static string Required(string field, Fields fields, FieldErrors errors)
    {
        var value = fields.LastOrNull(field)?.Trim() ?? "";
        if (value.Length == 0)
            errors.Add(field, FieldErrors.RequiredText);
        return value;
    }

    private static FileType? ReadType(string? text, FileType? convertTo, ApiVersion version, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
            return convertTo ?? FileType.DefaultUpload;
        var type = version == ApiVersion.Two || OldTypes.Contains(text, StringComparer.Ordinal)
            ? FileType.FindUploadOrNull(text)
            : null;
        if (type is null)
            errors.Add("filetype", NoChoice(text));
        return type;
    }

    private static string NoChoice(string text) => $"Select a valid choice. {text} is not one of the available choices.";

    /// <summary>The digest; null when it is missing or wrong, which is then in <paramref name="errors"/>.</summary>
    public static Digest? ReadDigestOrNull(Fields fields, FieldErrors errors)
    {
        var text = Required("sha256", fields, errors);
        if (text.Length == 0)
            return null;
        if (Digest.TryParse(text, out var digest))
            return digest;
        var length = text.Length.ToString(CultureInfo.InvariantCulture);
        errors.Add("sha256", text.Length switch
        {
            < Digest.HexLength => $"Ensure this value has at least 64 characters (it has {length}).",
            > Digest.HexLength => SourceRules.TooLong(Digest.HexLength, text.Length),
            _ => "Enter 64 hexadecimal digits.",
        });
        return null;
    }

    private static long? ReadSize(Fields fields, FieldErrors errors)
    {
        var text = Required("size", fields, errors);
        if (text.Length == 0)
            return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size))
            errors.Add("size", "Enter a whole number.");
        else if (size < 1)
            errors.Add("size", "Ensure this value is greater than or equal to 1.");
        else
            return size;
        return null;
    }
}
