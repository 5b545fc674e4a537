using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace BootDepot.Client.Profiles;

/// <summary>The JSON of a profile: <c>credentials</c>, <c>description</c>, <c>name</c>, <c>url</c>, <c>cacerts</c>, all five always there.</summary>
internal static class ProfileDocument
{
    public static MaasProfile Read(string name, string data)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        var parts = root.TryGetProperty("credentials", out var credentials) && credentials.ValueKind == JsonValueKind.Array
            ? credentials.EnumerateArray().Select(p => p.GetString() ?? "").ToArray()
            : [];
        return new MaasProfile(
            name,
            root.GetProperty("url").GetString() ?? "",
            parts.Length == 3 ? new MaasApiKey(parts[0], parts[1], parts[2]) : null,
            root.TryGetProperty("description", out var description) ? description.GetRawText() : "{\"resources\": []}",
            root.TryGetProperty("cacerts", out var cacerts) && cacerts.ValueKind == JsonValueKind.String && cacerts.GetString() is { Length: > 0 } pem
                ? pem
                : null);
    }

    public static string Write(MaasProfile profile)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", profile.Name);
            writer.WriteString("url", profile.Url);
            if (profile.Credentials is { } key)
            {
                writer.WriteStartArray("credentials");
                foreach (var part in key.Reveal().Split(':'))
                    writer.WriteStringValue(part);
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteNull("credentials");
            }

            writer.WritePropertyName("description");
            writer.WriteRawValue(profile.Description);
            writer.WriteString("cacerts", profile.CaCertificates);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
