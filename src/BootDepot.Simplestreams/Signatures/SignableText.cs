using System;
using System.Buffers;
using System.Security.Cryptography;
using BootDepot.Simplestreams.Documents;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Prepares a text for a clear signature that all peers verify and read the same.</summary>
internal static class SignableText
{
    /// <summary>The text with dashes escaped (RFC 9580, section 7.2).</summary>
    public static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text)
    {
        if (!text.EndsWith("\n"u8))
            throw Unsuitable("it does not end with a line feed");
        if (text.ContainsAny("\0\r"u8))
            throw Unsuitable("it has a NUL or a carriage return");
        var escaped = new ArrayBufferWriter<byte>(text.Length + 64);
        var number = 0;
        for (var rest = text; !rest.IsEmpty;)
        {
            number++;
            var line = rest[..rest.IndexOf((byte)'\n')];
            rest = rest[(line.Length + 1)..];
            if (line.Length > DocumentWriter.MaxLineBytes)
                throw Unsuitable($"line {number} has {line.Length} bytes, and GnuPG cuts long lines; at most {DocumentWriter.MaxLineBytes} are signed");
            if (line.EndsWith(" "u8) || line.EndsWith("\t"u8))
                throw Unsuitable($"line {number} ends with a blank, which no signature covers");
            if (line.StartsWith("-"u8) || line.StartsWith("From "u8))
                escaped.Write("- "u8);
            escaped.Write(line);
            escaped.Write("\n"u8);
        }

        return escaped.WrittenSpan;
    }

    /// <summary>Feeds a text whose every line ends with one line feed as it is signed: lines joined by CR LF, the last one not ended.</summary>
    public static void AppendCanonical(IncrementalHash hash, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        // Small appends cost more than the hashing itself, so lines are gathered first.
        const int bufferBytes = 64 * 1024;
        var buffer = new ArrayBufferWriter<byte>(bufferBytes);
        var rest = text[..^1];
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            buffer.Write(rest[..end]);
            buffer.Write("\r\n"u8);
            rest = rest[(end + 1)..];
            if (buffer.WrittenCount < bufferBytes)
                continue;
            hash.AppendData(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }

        hash.AppendData(buffer.WrittenSpan);
        hash.AppendData(rest);
    }

    private static StreamException Unsuitable(string reason) =>
        new(StreamErrors.SigningTextUnsuitable, $"The text cannot be signed so that everyone reads the same: {reason}.");
}
