using System;
using System.Text.Json;

namespace BootDepot.Images.Racks;

/// <summary>
/// The keyring of a region's stream as a signed document of the stream, so that racks, which know the signing key from their enrolment,
/// learn of its successors.
/// </summary>
/// <param name="Format"><see cref="FormatName"/>: no other signed document can be taken for this one.</param>
/// <param name="Keyring">A binary OpenPGP keyring.</param>
public sealed record KeyringDocument(string Format, ReadOnlyMemory<byte> Keyring)
{
    /// <summary>The format's name and version.</summary>
    public const string FormatName = "bootdepot:keyring:1.0";

    /// <summary>Signed by the key that signs the stream.</summary>
    public const string Path = "streams/v1/keyring.sjson";

    /// <summary>Signed by the key that did so before: there from a succession until the former keys are dropped.</summary>
    public const string FormerPath = "streams/v1/keyring-former.sjson";

    /// <summary>The document of a keyring: a line, as what is clear-signed must be.</summary>
    public static byte[] Write(ReadOnlyMemory<byte> keyring) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(new KeyringDocument(FormatName, keyring), RackWire.Default.KeyringDocument), (byte)'\n'];

    /// <summary>The keyring in a document that was verified; null when it is none.</summary>
    public static ReadOnlyMemory<byte>? ReadOrNull(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text.Span, RackWire.Default.KeyringDocument) is { Format: FormatName } document ? document.Keyring : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
