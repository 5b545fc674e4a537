using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;

namespace BootDepot.Client;

/// <summary>
/// Parameters as <c>multipart/form-data</c> in the form that MAAS clients have always used: every part base64 encoded
/// in lines of 76 characters, a file named after its field. Servers of every age take it.
/// </summary>
internal static class FormBody
{
    public static ByteArrayContent? CreateOrNull(IReadOnlyCollection<MaasField> fields)
    {
        if (fields.Count == 0)
            return null;
        var boundary = "===============" + Guid.NewGuid().ToString("N") + "==";
        using var body = new MemoryStream();
        foreach (var field in fields)
            WritePart(body, boundary, field);
        Write(body, $"--{boundary}--");
        var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary=\"{boundary}\"");
        return content;
    }

    private static void WritePart(MemoryStream body, string boundary, MaasField field)
    {
        var filename = field.IsFile ? $"; filename=\"{Quote(field.Name)}\"" : "";
        Write(body, $"--{boundary}\r\nContent-Transfer-Encoding: base64\r\n");
        Write(body, $"Content-Disposition: form-data; name=\"{Quote(field.Name)}\"{filename}\r\n");
        Write(body, $"MIME-Version: 1.0\r\nContent-Type: {field.ContentType}\r\n\r\n");
        var bytes = field.IsFile ? field.Bytes.Span : Encoding.UTF8.GetBytes(field.TextValue!);
        Write(body, Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks));
        Write(body, "\r\n");
    }

    // A name comes from the caller: it must not be able to end its header.
    private static string Quote(string name) => name
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    private static void Write(MemoryStream body, string text) => body.Write(Encoding.UTF8.GetBytes(text));
}
