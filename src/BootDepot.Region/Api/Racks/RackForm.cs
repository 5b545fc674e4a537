using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Images.Selections;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Racks;

namespace BootDepot.Region.Api.Racks;

/// <summary>Reads what shall be changed of a rack.</summary>
internal static class RackForm
{
    public static RackDraft Read(Fields fields, FieldErrors errors) => new()
    {
        Name = fields.LastOrNull("name"),
        Mode = Value<RackMode>(fields, "mode", RackWords.ParseRackMode, errors),
        Selections = List(fields, "selections", ParseSelection, errors),
        BytesPerSecond = Value(fields, "bytes_per_second", ParseNumber, errors),
        Windows = List(fields, "windows", TimeWindow.Parse, errors),
        DiskLimit = Value(fields, "disk_limit", ParseNumber, errors),
        Peers = List(fields, "peers", ParsePeer, errors),
    };

    private static T? Value<T>(Fields fields, string name, Func<string, T> parse, FieldErrors errors)
        where T : struct
    {
        if (fields.LastOrNull(name) is not { } text)
            return null;
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            errors.Add(name, e.Message);
            return null;
        }
    }

    /// <summary>Null when the key did not come; empty when it came with an empty value only.</summary>
    private static List<T>? List<T>(Fields fields, string name, Func<string, T> parse, FieldErrors errors)
    {
        if (!fields.Has(name))
            return null;
        var list = new List<T>();
        foreach (var text in fields.All(name).Select(t => t.Trim()).Where(t => t.Length > 0))
        {
            try
            {
                list.Add(parse(text));
            }
            catch (FormatException e)
            {
                errors.Add(name, e.Message);
            }
        }

        return list;
    }

    private static SelectionRule ParseSelection(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || parts[0].Split('/') is not [{ Length: > 0 } os, { Length: > 0 } release])
            throw new FormatException($"'{text}' is not a selection; one is ubuntu/noble or ubuntu/noble:amd64,arm64; * stands for any.");
        string[] arches = parts.Length == 2
            ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [SelectionRule.Any];
        return new SelectionRule(os, release, arches, [SelectionRule.Any], [SelectionRule.Any]);
    }

    private static long ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("Enter a whole number; 0 stands for no limit.");

    private static Uri ParsePeer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Uri(url.GetLeftPart(UriPartial.Authority) + "/")
            : throw new FormatException($"'{text}' is not the URL of a rack; one is http://10.0.0.2:5248.");
}
