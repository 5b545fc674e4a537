using System;
using System.Text;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>ASCII armour (RFC 9580, section 6): exactly one block, nothing but white space around it.</summary>
internal static class Armor
{
    public const string Signature = "PGP SIGNATURE";
    public const string PublicKey = "PGP PUBLIC KEY BLOCK";
    public const string SecretKey = "PGP PRIVATE KEY BLOCK";

    private const int MaxLineBytes = 1024;
    private const int MaxHeaders = 16;

    /// <summary>Whether the first thing that is not white space is a line of an armour.</summary>
    public static bool IsArmored(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8).StartsWith("-----BEGIN PGP "u8);

    public static byte[] Decode(ReadOnlySpan<byte> bytes, string kind)
    {
        var lines = new LineReader(bytes.Trim(" \t\r\n"u8));
        if (!lines.TryNext(out var line) || !IsMarker(line, "BEGIN ", kind))
            throw new PacketException($"its first line must be '-----BEGIN {kind}-----'");
        SkipHeaders(ref lines);

        var base64 = new StringBuilder(bytes.Length);
        byte[]? checksum = null;
        while (lines.TryNext(out line) && !line.StartsWith("-"u8))
        {
            CheckLength(line);
            if (checksum is not null)
                throw new PacketException("its checksum is not its last line");
            if (line.Length == 5 && line[0] == '=')
                checksum = FromBase64(Encoding.ASCII.GetString(line[1..]));
            else
                base64.Append(Encoding.ASCII.GetString(line.TrimEnd(" \t"u8)));
        }

        if (!IsMarker(line, "END ", kind))
            throw new PacketException($"its last line must be '-----END {kind}-----'");
        if (lines.TryNext(out _))
            throw new PacketException("something follows its last line");
        var data = FromBase64(base64.ToString());
        if (checksum is not null && !checksum.AsSpan().SequenceEqual(Checksum(data)))
            throw new PacketException("its checksum is wrong: it was damaged");
        return data;
    }

    public static string Encode(ReadOnlySpan<byte> data, string kind)
    {
        var text = new StringBuilder();
        text.Append("-----BEGIN ").Append(kind).Append("-----\n\n");
        var base64 = Convert.ToBase64String(data);
        for (var i = 0; i < base64.Length; i += 64)
            text.Append(base64, i, Math.Min(64, base64.Length - i)).Append('\n');
        text.Append('=').Append(Convert.ToBase64String(Checksum(data))).Append('\n');
        return text.Append("-----END ").Append(kind).Append("-----\n").ToString();
    }

    private static void SkipHeaders(ref LineReader lines)
    {
        for (var headers = 0; lines.TryNext(out var line); headers++)
        {
            CheckLength(line);
            if (line.Trim(" \t"u8).IsEmpty)
                return;
            // "Name: value"; what it says (Version, Comment, Charset) has no meaning for binary content.
            if (headers == MaxHeaders || line.IndexOf(": "u8) < 1 || line.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
                throw new PacketException("a header of its armour is wrong");
        }

        throw new PacketException("its armour has no blank line after the headers");
    }

    private static bool IsMarker(ReadOnlySpan<byte> line, string verb, string kind) =>
        Ascii.Equals(line, $"-----{verb}{kind}-----");

    private static void CheckLength(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxLineBytes)
            throw new PacketException("a line of its armour is too long");
    }

    private static byte[] FromBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new PacketException("its armour is not base64");
        }
    }

    // CRC-24 of RFC 9580, section 6.1.
    private static byte[] Checksum(ReadOnlySpan<byte> data)
    {
        var crc = 0xB704CEu;
        foreach (var b in data)
        {
            crc ^= (uint)b << 16;
            for (var i = 0; i < 8; i++)
                crc = (crc & 0x800000) != 0 ? (crc << 1) ^ 0x1864CFB : crc << 1;
        }

        return [(byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }
}
