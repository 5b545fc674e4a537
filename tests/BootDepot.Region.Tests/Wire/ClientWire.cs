using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using BootDepot.Region.Auth;

namespace BootDepot.Region.Tests.Wire;

/// <summary>A client whose requests are known byte for byte.</summary>
public enum MaasClient
{
    /// <summary>The <c>maas</c> command: no realm, lower-case headers, no body without parameters.</summary>
    Cli,

    /// <summary>python-libmaas: realm OAuth, a multipart body always.</summary>
    Libmaas,

    /// <summary>juju/gomaasapi: realm MAAS+API, url-encoded, empty op, a new connection each time.</summary>
    Gomaasapi,

    /// <summary>canonical/gomaasclient: the same transport.</summary>
    Gomaasclient,
}

/// <summary>Writes requests as each client does (wire contract, sections 2.2 and 3).</summary>
internal static class ClientWire
{
    private const string Boundary = "===============7449744698212763207==";

    /// <summary>A request with form fields.</summary>
    public static byte[] Request(
        MaasClient client, string method, string path, ApiKeyFacts? key, string? op = null, params (string Name, object Value)[] fields)
    {
        var isGo = client is MaasClient.Gomaasapi or MaasClient.Gomaasclient;
        var query = new List<string>();
        if (method is "GET" or "DELETE")
            query.AddRange(fields.Select(f => $"{f.Name}={Uri.EscapeDataString((string)f.Value)}"));
        // Go appends an empty op to a plain create.
        if (op is not null || (isGo && method == "POST"))
            query.Add("op=" + op);
        if (isGo)
            query.Sort(StringComparer.Ordinal);
        var target = path + (query.Count > 0 ? "?" + string.Join('&', query) : "");
        return isGo ? Go(method, target, key, fields) : Python(client, method, target, key, fields);
    }

    /// <summary>A chunk of an upload.</summary>
    public static byte[] Chunk(MaasClient client, string path, ApiKeyFacts key, byte[] bytes)
    {
        var head = $"PUT {path} HTTP/1.1\r\nHost: maas.example.com:5240\r\n{Authorization(client, key)}\r\n"
            + $"Content-Type: application/octet-stream\r\nContent-Length: {bytes.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. bytes];
    }

    private static byte[] Python(MaasClient client, string method, string target, ApiKeyFacts? key, (string Name, object Value)[] fields)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: maas.example.com:5240\r\n");
        if (key is not null)
            head.Append(Authorization(client, key)).Append("\r\n");
        head.Append(client == MaasClient.Cli
            ? "user-agent: Python-httplib2/0.20.4 (gzip)\r\naccept-encoding: gzip, deflate\r\n"
            : "Accept: application/json,*/*;q=0.9\r\n");
        var hasBody = method is "POST" or "PUT" ? client == MaasClient.Libmaas || fields.Length > 0
            : method == "DELETE" && client == MaasClient.Libmaas;
        if (!hasBody)
            return Encoding.ASCII.GetBytes(head + (method is "POST" or "PUT" ? "Content-Length: 0\r\n\r\n" : "\r\n"));
        var body = Multipart(method == "DELETE" ? [] : fields);
        head.Append("MIME-Version: 1.0\r\n").Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/form-data; boundary=\"{Boundary}\"\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. body];
    }

    /// <summary>A multipart body as Python's email package writes it; byte[] values are files.</summary>
    public static byte[] Multipart(params (string Name, object Value)[] fields)
    {
        if (fields.Length == 0)
            return Encoding.ASCII.GetBytes($"--{Boundary}\r\n\r\n--{Boundary}--");
        var body = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            body.Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Transfer-Encoding: base64\r\n");
            if (value is byte[] file)
            {
                body.Append(CultureInfo.InvariantCulture, $"Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n{Wrapped(file)}\r\n");
                continue;
            }

            body.Append(CultureInfo.InvariantCulture, $"Content-Disposition: form-data; name=\"{name}\"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\n{Wrapped(Encoding.UTF8.GetBytes((string)value))}\r\n");
        }

        return Encoding.ASCII.GetBytes(body.Append(CultureInfo.InvariantCulture, $"--{Boundary}--").ToString());
    }

    private static string Wrapped(byte[] bytes) =>
        string.Concat(Convert.ToBase64String(bytes).Chunk(76).Select(line => new string(line) + "\r\n"));

    private static byte[] Go(string method, string target, ApiKeyFacts? key, (string Name, object Value)[] fields)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: maas.example.com:5240\r\nUser-Agent: Go-http-client/1.1\r\nConnection: close\r\n");
        if (key is not null)
            head.Append(Authorization(MaasClient.Gomaasapi, key)).Append("\r\n");
        if (method is not ("POST" or "PUT"))
            return Encoding.ASCII.GetBytes(head + "Accept-Encoding: gzip\r\n\r\n");
        head.Append("Content-Type: application/x-www-form-urlencoded\r\n");
        if (fields.Length == 0)
            return Encoding.ASCII.GetBytes(head + "Transfer-Encoding: chunked\r\nAccept-Encoding: gzip\r\n\r\n0\r\n\r\n");
        var body = string.Join('&', fields.OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => $"{f.Name}={Uri.EscapeDataString((string)f.Value).Replace("%20", "+", StringComparison.Ordinal)}"));
        return Encoding.ASCII.GetBytes(head + $"Content-Length: {body.Length}\r\nAccept-Encoding: gzip\r\n\r\n{body}");
    }

    /// <summary>The Authorization header line of each client.</summary>
    public static string Authorization(MaasClient client, ApiKeyFacts key)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var nonce = client is MaasClient.Cli or MaasClient.Libmaas
            ? $"{Random.Shared.NextInt64(long.MaxValue)}{now}"
            : Guid.NewGuid().ToString("N");
        return client switch
        {
            MaasClient.Cli => $"authorization: OAuth oauth_nonce=\"{nonce}\", oauth_timestamp=\"{now}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{key.ConsumerKey}\", oauth_token=\"{key.TokenKey}\", oauth_signature=\"%26{key.Secret}\"",
            MaasClient.Libmaas => $"Authorization: OAuth realm=\"OAuth\", oauth_nonce=\"{nonce}\", oauth_timestamp=\"{now}\", oauth_version=\"1.0\", oauth_signature_method=\"PLAINTEXT\", oauth_consumer_key=\"{key.ConsumerKey}\", oauth_token=\"{key.TokenKey}\", oauth_signature=\"%26{key.Secret}\"",
            _ => $"Authorization: OAuth oauth_token=\"{key.TokenKey}\", oauth_signature=\"%26{key.Secret}\", oauth_timestamp=\"{now}\", oauth_nonce=\"{nonce}\", oauth_signature_method=\"PLAINTEXT\", oauth_version=\"1.0\", realm=\"MAAS+API\", oauth_consumer_key=\"{key.ConsumerKey}\"",
        };
    }
}
