using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using BootDepot.Images.Booting;

namespace BootDepot.Images.Racks;

/// <summary>How regions and racks write to each other: JSON with snake_case names; texts and digests as elsewhere.</summary>
/// <remarks>
/// The generated readers set members that a document leaves out to null, whatever their initial value: hence the
/// <c>field ??</c> in what is read here.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(DigestText), typeof(MacAddressText), typeof(ImageNameText), typeof(SetVersionText), typeof(TimeWindowText),
        typeof(RackModeText), typeof(BootModeText),
    ])]
[JsonSerializable(typeof(RackConfiguration))]
[JsonSerializable(typeof(RackPolicy))]
[JsonSerializable(typeof(RackReport))]
[JsonSerializable(typeof(RackEnrolmentRequest))]
[JsonSerializable(typeof(RackEnrolment))]
[JsonSerializable(typeof(KeyringDocument))]
[JsonSerializable(typeof(BootRecord))]
[JsonSerializable(typeof(IReadOnlyList<BootRecord>))]
[JsonSerializable(typeof(IReadOnlyList<BootAssignment>))]
public sealed partial class RackWire : JsonSerializerContext;

/// <summary>A value that is written as text.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
}

internal sealed class DigestText() : TextConverter<Digest>(Digest.Parse, d => d.Hex);

internal sealed class MacAddressText() : TextConverter<MacAddress>(MacAddress.Parse, m => m.ToString());

internal sealed class ImageNameText() : TextConverter<ImageName>(ImageName.Parse, n => n.ToString());

internal sealed class SetVersionText() : TextConverter<SetVersion>(SetVersion.Parse, v => v.ToString());

internal sealed class TimeWindowText() : TextConverter<TimeWindow>(TimeWindow.Parse, w => w.ToString());

internal sealed class RackModeText() : TextConverter<RackMode>(RackWords.ParseRackMode, RackWords.Of);

internal sealed class BootModeText() : TextConverter<BootMode>(RackWords.ParseBootMode, RackWords.Of);
