using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using BootDepot.Images;

namespace BootDepot.Region.Imports;

/// <summary>Problems as they are stored and sent: <c>[{"level": "error", "subject": …, "code": …, "message": …}]</c>.</summary>
internal static class ProblemText
{
    /// <summary>Most problems that are kept of a run, the gravest first.</summary>
    private const int Most = 1000;

    /// <summary>A JSON array.</summary>
    public static string ToJson(IReadOnlyList<Problem> problems)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, problems);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the array.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Problem> problems)
    {
        json.WriteStartArray();
        foreach (var problem in problems.OrderByDescending(p => p.Level).Take(Most))
        {
            json.WriteStartObject();
            json.WriteString("level", problem.Level switch
            {
                ProblemLevel.Error => "error",
                ProblemLevel.Warning => "warning",
                _ => "note",
            });
            json.WriteString("subject", problem.Subject);
            json.WriteString("code", problem.Fault.Code);
            json.WriteString("message", problem.Fault.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
