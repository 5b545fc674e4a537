using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using BootDepot.Images;

namespace BootDepot.DiskImages.Identify.Disks;

/// <summary>The text in or beside a VMDK: <c>createType</c>, the parent, and the extents.</summary>
internal sealed record VmdkDescriptor(
    string CreateType,
    string ParentCid,
    string ParentHint,
    IReadOnlyList<VmdkExtent> Extents
)
{
    private const int MaxExtents = 256;
    private const string NoParent = "ffffffff";

    public long TotalBytes => Extents.Sum(e => Math.Clamp(e.Sectors, 0, long.MaxValue / 512 / (MaxExtents + 1)) * 512);

    public string ExtentNames =>
        Extents.Count == 0 ? "other files" : string.Join(", ", Extents.Take(3).Select(e => $"{e.Type} {Clean(e.FileName)}"));

    /// <summary>Whether the bytes begin like such a text, as tools look for it: comments and blanks, then <c>version=</c>.</summary>
    public static bool Matches(ReadOnlySpan<byte> start)
    {
        if (Encoding.Latin1.GetString(start).StartsWith("# Disk DescriptorFile", StringComparison.OrdinalIgnoreCase))
            return true;
        while (!start.IsEmpty)
        {
            var end = start.IndexOf((byte)'\n');
            var line = (end < 0 ? start : start[..end]).Trim(" \t\r"u8);
            if (line.StartsWith("version="u8))
                return true;
            if (!line.IsEmpty && line[0] != (byte)'#')
                return false;
            start = end < 0 ? [] : start[(end + 1)..];
        }

        return false;
    }

    public static VmdkDescriptor Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        string createType = "", parentCid = NoParent, parentHint = "";
        var extents = new List<VmdkExtent>();
        foreach (var range in text.AsSpan().SplitAny('\n', '\r'))
        {
            var line = text.AsSpan(range).Trim();
            if (line.StartsWith("createType", StringComparison.OrdinalIgnoreCase))
                createType = Value(line);
            else if (line.StartsWith("parentCID", StringComparison.OrdinalIgnoreCase))
                parentCid = Value(line);
            else if (line.StartsWith("parentFileNameHint", StringComparison.OrdinalIgnoreCase))
                parentHint = Value(line);
            else if (extents.Count < MaxExtents && VmdkExtent.ParseOrNull(line) is { } extent)
                extents.Add(extent);
        }

        return new VmdkDescriptor(createType, parentCid, parentHint, extents);
    }

    /// <summary>
    /// Adds what makes the description of a sparse file dangerous: everything that a tool could follow to another file.
    /// Returns the kind it says it is.
    /// </summary>
    public static string Inspect(ReadOnlySpan<byte> text, bool isCut, long capacity, List<Fault> hazards)
    {
        if (isCut)
        {
            hazards.Add(Damage.Unsupported("a vmdk whose description is longer than is read, or cut off"));
            return "";
        }

        var descriptor = Parse(text);
        if (descriptor.CreateType is not ("monolithicSparse" or "streamOptimized"))
        {
            hazards.Add(
                descriptor.CreateType.Length == 0
                    ? Damage.Unsupported("a sparse extent of a vmdk without its description")
                    : Damage.External("vmdk", $"type {Clean(descriptor.CreateType)}, extents {descriptor.ExtentNames}")
            );
        }
        else if (descriptor.Extents is not [{ Type: "SPARSE", Offset: "" } only])
        {
            hazards.Add(Damage.External("vmdk", descriptor.ExtentNames));
        }
        else if (only.Sectors * 512 != capacity)
        {
            hazards.Add(Damage.Unsupported("a vmdk whose description and header disagree about its size"));
        }

        if (
            descriptor.ParentHint.Length > 0
            || !descriptor.ParentCid.Equals(NoParent, StringComparison.OrdinalIgnoreCase)
        )
            hazards.Add(Damage.Backing("vmdk", descriptor.ParentHint));
        return Clean(descriptor.CreateType);
    }

    private static string Value(ReadOnlySpan<char> line)
    {
        var equals = line.IndexOf('=');
        return equals < 0 ? "" : line[(equals + 1)..].Trim().Trim('"').ToString();
    }

    private static string Clean(string text) =>
        string.Concat(text.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}

/// <summary>A line such as <c>RW 8192 SPARSE "disk.vmdk"</c>.: the offset is what follows the name, empty for a file that is used from its start.</summary>
internal sealed record VmdkExtent(long Sectors, string Type, string FileName, string Offset)
{
    public static VmdkExtent? ParseOrNull(ReadOnlySpan<char> line)
    {
        if (
            !line.StartsWith("RW", StringComparison.OrdinalIgnoreCase)
            && !line.StartsWith("RDONLY", StringComparison.OrdinalIgnoreCase)
            && !line.StartsWith("NOACCESS", StringComparison.OrdinalIgnoreCase)
        )
            return null;
        var words = line.ToString().Split([' ', '\t'], 4, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sectors))
            return new VmdkExtent(0, "unreadable", "", "");
        var rest = words.Length > 3 ? words[3].Trim() : "";
        var close = rest.Length > 1 && rest[0] == '"' ? rest.IndexOf('"', 1) : -1;
        return close < 0
            ? new VmdkExtent(sectors, words[2], rest, "")
            : new VmdkExtent(sectors, words[2], rest[1..close], rest[(close + 1)..].Trim());
    }
}
