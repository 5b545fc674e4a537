using System;

namespace BootDepot.Client;

/// <summary>One parameter of a call. A list is the same name several times.</summary>
public sealed record MaasField
{
    private MaasField(string name, string? text, ReadOnlyMemory<byte> bytes, string contentType)
    {
        Name = name;
        TextValue = text;
        Bytes = bytes;
        ContentType = contentType;
    }

    /// <summary>Name of the parameter.</summary>
    public string Name { get; }

    /// <summary>Value of a text parameter; null for a file.</summary>
    public string? TextValue { get; }

    /// <summary>Whether it is sent as a file part.</summary>
    public bool IsFile => TextValue is null;

    internal ReadOnlyMemory<byte> Bytes { get; }

    internal string ContentType { get; }

    /// <summary>A text parameter.</summary>
    public static MaasField Text(string name, string value) => new(name, value, default, "text/plain; charset=\"utf-8\"");

    /// <summary>A file parameter; only for small files, as keyrings: it is sent in one piece.</summary>
    public static MaasField File(string name, ReadOnlyMemory<byte> content, string contentType = "application/octet-stream") =>
        new(name, null, content, contentType);
}
