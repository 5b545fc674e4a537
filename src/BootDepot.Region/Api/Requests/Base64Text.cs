using System;
using System.Buffers;
using System.Buffers.Text;

namespace BootDepot.Region.Api.Requests;

/// <summary>
/// Undoes base64 piece by piece (RFC 2045, section 6.8): line breaks and blanks are skipped, padding ends the text.
/// </summary>
internal sealed class Base64Text
{
    private readonly byte[] _group = new byte[4];
    private int _held;
    private bool _padded;

    /// <summary>Whether the text so far is good base64.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>Whether it may end here.</summary>
    public bool IsWhole => IsGood && _held == 0;

    /// <summary>
    /// Decodes a piece into <paramref name="output"/> (at least three quarters of its length + 3) and returns how many bytes
    /// came out. After bad text nothing more comes.
    /// </summary>
    public int Decode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var written = 0;
        foreach (var c in text)
        {
            if (c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            if (_padded || !IsGood)
            {
                IsGood = false;
                break;
            }

            _group[_held++] = c;
            if (_held < 4)
                continue;
            _held = 0;
            _padded = c == '=';
            if (Base64.DecodeFromUtf8(_group, output[written..], out _, out var count) != OperationStatus.Done)
            {
                IsGood = false;
                break;
            }

            written += count;
        }

        return written;
    }

    /// <summary>Decodes a whole text; null when it is not base64.</summary>
    public static byte[]? DecodeOrNull(ReadOnlySpan<byte> text)
    {
        var decoder = new Base64Text();
        var output = new byte[(text.Length / 4 * 3) + 3];
        var count = decoder.Decode(text, output);
        return decoder.IsWhole ? output[..count] : null;
    }
}
