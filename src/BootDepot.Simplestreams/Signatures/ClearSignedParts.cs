using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>
/// The parts of a message in the cleartext signature framework (RFC 9580, section 7), taken apart strictly: the markers are
/// whole lines, the only header is <c>Hash:</c>, and nothing but white space stands outside. So no two readers see two texts.
/// </summary>
internal sealed class ClearSignedParts
{
    private const int MaxLineBytes = 1024 * 1024;
    private const int MaxHashHeaders = 8;

    private ClearSignedParts(HashSet<HashId> hashes, ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> armor)
    {
        Hashes = hashes;
        Text = text;
        Armor = armor;
    }

    /// <summary>The hash algorithms of the headers.</summary>
    public HashSet<HashId> Hashes { get; }

    /// <summary>The text without dash escapes and without blanks at line ends; every line ends with one line feed.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>The armoured signature and all that follows it.</summary>
    public ReadOnlyMemory<byte> Armor { get; }

    private static ReadOnlySpan<byte> Begin => "-----BEGIN PGP SIGNED MESSAGE-----"u8;

    private static ReadOnlySpan<byte> BeginSignature => "-----BEGIN PGP SIGNATURE-----"u8;

    public static ClearSignedParts Split(ReadOnlyMemory<byte> message)
    {
        var bytes = message.Span;
        if (bytes.Contains((byte)0))
            throw Malformed("it has a NUL character");
        bytes = bytes.TrimStart(" \t\r\n"u8);
        var lines = new LineReader(bytes);
        if (!lines.TryNext(out var line) || !line.SequenceEqual(Begin))
            throw NotSigned(bytes);

        var hashes = ReadHeaders(ref lines);
        var text = new byte[bytes.Length - lines.Position + 1];
        var length = 0;
        for (var start = lines.Position; lines.TryNext(out line); start = lines.Position)
        {
            if (line.SequenceEqual(BeginSignature))
                return new ClearSignedParts(hashes, text.AsMemory(0, length), message[(message.Length - bytes.Length + start)..]);
            var content = Unescape(line);
            content.CopyTo(text.AsSpan(length));
            text[length + content.Length] = (byte)'\n';
            length += content.Length + 1;
        }

        throw Malformed("its signature is missing: it was cut off");
    }

    /// <summary>Feeds the text as it was signed.</summary>
    public void AppendCanonical(IncrementalHash hash) => SignableText.AppendCanonical(hash, Text.Span);

    private static HashSet<HashId> ReadHeaders(ref LineReader lines)
    {
        var hashes = new HashSet<HashId>();
        for (var count = 0; lines.TryNext(out var line); count++)
        {
            if (line.IsEmpty)
                return hashes.Count > 0 ? hashes : throw Malformed("it has no 'Hash:' header");
            if (count == MaxHashHeaders || line.Length > 256 || !line.StartsWith("Hash: "u8))
                throw Malformed("it has another header than 'Hash:'");
            foreach (var name in Encoding.Latin1.GetString(line[6..]).Split(','))
            {
                hashes.Add(Signatures.Hashes.FromHeaderOrNull(name.Trim(' '))
                    ?? throw Malformed($"its 'Hash:' header names '{Excerpt.Of(name)}', which is not known"));
            }
        }

        throw Malformed("it ends in its headers");
    }

    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxLineBytes)
            throw Malformed($"it has a line of more than {MaxLineBytes} bytes");
        if (line.Contains((byte)'\r'))
            throw Malformed("it has a carriage return inside a line");
        if (line.StartsWith("-"u8))
        {
            // RFC 9580, section 7.2: every line that starts with a dash is escaped. One that is not is a marker out of place.
            line = line.StartsWith("- "u8) ? line[2..] : throw Malformed("a line of its text starts with an unescaped dash");
        }

        // Blanks at line ends are not covered by the signature, so nobody may read them.
        return line.TrimEnd(" \t"u8);
    }

    private static StreamException NotSigned(ReadOnlySpan<byte> bytes)
    {
        var lines = new LineReader(bytes);
        while (lines.TryNext(out var line))
        {
            if (line.Trim(" \t"u8).StartsWith("-----BEGIN PGP"u8))
            {
                return new StreamException(
                    StreamErrors.SignatureTextOutside,
                    "There is text before the signed message, which the signature does not cover. The document is refused whole.");
            }
        }

        var start = Excerpt.Of(Encoding.UTF8.GetString(bytes[..Math.Min(40, bytes.Length)]));
        return new StreamException(
            StreamErrors.SignatureMissing,
            $"The document is not signed: it starts with '{start}', not with a PGP SIGNED MESSAGE line. Use the stream's .sjson, or check what the URL really answers.");
    }

    private static StreamException Malformed(string reason) =>
        new(StreamErrors.SignatureMalformed, $"The signed message cannot be read: {reason}.");
}
