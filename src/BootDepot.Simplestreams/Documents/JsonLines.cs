using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace BootDepot.Simplestreams.Documents;

/// <summary>JSON text in the publishers' layout, which Utf8JsonWriter cannot produce: lower-case ASCII escapes, checked lines.</summary>
internal sealed class JsonLines
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private int _indent;
    private int _lineStart;

    public byte[] ToArray()
    {
        EndLine();
        return _bytes.WrittenSpan.ToArray();
    }

    public void Map<T>(IEnumerable<KeyValuePair<string, T>> members, Action<JsonLines, T> write)
    {
        var sorted = members.OrderBy(m => m.Key, StringComparer.Ordinal).ToArray();
        Open('{', sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
        {
            StartMember(i);
            Scalar(sorted[i].Key);
            Ascii(": ");
            write(this, sorted[i].Value);
        }

        Close('}', sorted.Length);
    }

    public void List(IReadOnlyList<TagValue> members)
    {
        Open('[', members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            StartMember(i);
            Value(members[i]);
        }

        Close(']', members.Count);
    }

    public void Value(TagValue value)
    {
        switch (value.Kind)
        {
            case TagKind.Text:
                Scalar(value.TextOrNull!);
                break;
            case TagKind.Number:
                Ascii(value.ScalarOrNull!);
                break;
            case TagKind.List:
                List(value.ListOrNull!);
                break;
            case TagKind.Map:
                Map(value.MapOrNull!, (t, member) => t.Value(member));
                break;
            default:
                Ascii(value.Kind switch { TagKind.True => "true", TagKind.False => "false", _ => "null" });
                break;
        }
    }

    public void Scalar(string text)
    {
        Ascii("\"");
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and <= '~' and not '"' and not '\\')
                continue;
            Ascii(text.AsSpan(start, i - start));
            start = i + 1;
            Ascii(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            });
        }

        Ascii(text.AsSpan(start));
        Ascii("\"");
    }

    private void Open(char bracket, int members)
    {
        Ascii([bracket]);
        if (members > 0)
            _indent++;
    }

    private void StartMember(int position)
    {
        if (position > 0)
            Ascii(",");
        EndLine();
        Indent();
    }

    private void Close(char bracket, int members)
    {
        if (members > 0)
        {
            _indent--;
            EndLine();
            Indent();
        }

        Ascii([bracket]);
    }

    private void Indent()
    {
        _bytes.GetSpan(_indent)[.._indent].Fill((byte)' ');
        _bytes.Advance(_indent);
    }

    private void EndLine()
    {
        if (_bytes.WrittenCount - _lineStart > DocumentWriter.MaxLineBytes)
        {
            var start = Encoding.ASCII.GetString(_bytes.WrittenSpan.Slice(_lineStart, 100)).Trim();
            throw new StreamException(
                StreamErrors.DocumentLineTooLong,
                $"The line that starts with '{start}' has {_bytes.WrittenCount - _lineStart} bytes; other verifiers cut signed lines, so at most {DocumentWriter.MaxLineBytes} are written. Shorten the value.");
        }

        Ascii("\n");
        _lineStart = _bytes.WrittenCount;
    }

    private void Ascii(ReadOnlySpan<char> text) => _bytes.Advance(Encoding.ASCII.GetBytes(text, _bytes.GetSpan(text.Length)));
}
