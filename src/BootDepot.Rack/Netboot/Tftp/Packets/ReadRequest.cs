using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;

namespace BootDepot.Rack.Netboot.Tftp.Packets;

/// <summary>
/// A request to read: <c>name NUL mode NUL [option NUL value NUL]*</c> after the opcode (RFC 1350 section 5, RFC 2347).
/// </summary>
internal sealed record ReadRequest(string FileName, ImmutableArray<KeyValuePair<string, string>> Options)
{
    /// <summary>RFC 2347 allows 512; some more harm nobody.</summary>
    public const int LongestPacket = 1024;

    private const int LongestName = 400;
    private const int MostOptions = 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a request.</summary>
    /// <param name="packet">All of it, the opcode included.</param>
    /// <param name="refusal">What to answer when it is not as it should be.</param>
    public static ReadRequest? ParseOrNull(ReadOnlySpan<byte> packet, out TftpReply.Refusal? refusal)
    {
        refusal = null;
        var name = "";
        if (packet.Length > LongestPacket)
            refusal = Malformed($"the request has more than {LongestPacket} bytes");
        else if (FieldsOrNull(packet[2..]) is not { } fields)
            refusal = Malformed("the request is cut short or is not text");
        else if (fields.Count < 2 || (name = fields[0]).Length == 0)
            refusal = Malformed("the request names no file or no mode");
        else if (name.Length > LongestName)
            refusal = new(TftpErrorCode.AccessViolation, $"The file name has more than {LongestName} characters");
        else if (name.Any(char.IsControl))
            refusal = new(TftpErrorCode.AccessViolation, "The file name has a control character");
        else if (!fields[1].Equals("octet", StringComparison.OrdinalIgnoreCase))
            refusal = WrongMode(fields[1]);
        else if (fields.Count % 2 != 0 || fields.Count > 2 + (MostOptions * 2))
            refusal = Malformed("the options are not names with values, or too many");
        else
            return new(name, [.. Pairs(fields)]);
        return null;
    }

    private static TftpReply.Refusal Malformed(string what) => new(TftpErrorCode.IllegalOperation, "Malformed: " + what);

    private static TftpReply.Refusal WrongMode(string mode) =>
        mode.Equals("netascii", StringComparison.OrdinalIgnoreCase)
            ? new(TftpErrorCode.NotDefined, "Files are served as they are: ask in octet (binary) mode, not netascii")
            : new(TftpErrorCode.NotDefined, "The only mode is octet (binary)");

    private static IEnumerable<KeyValuePair<string, string>> Pairs(List<string> fields)
    {
        for (var i = 2; i < fields.Count; i += 2)
            yield return new(fields[i], fields[i + 1]);
    }

    /// <summary>The texts that a NUL ends each; null when the last has none. Padding with NULs, as some firmware does, is nothing.</summary>
    private static List<string>? FieldsOrNull(ReadOnlySpan<byte> rest)
    {
        var fields = new List<string>();
        while (!rest.IsEmpty && !(fields.Count >= 2 && rest.IndexOfAnyExcept((byte)0) < 0))
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0)
                return null;
            try
            {
                fields.Add(Utf8.GetString(rest[..end]));
            }
            catch (DecoderFallbackException)
            {
                return null;
            }

            rest = rest[(end + 1)..];
        }

        return fields;
    }
}
