using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Text;

namespace BootDepot.Client;

/// <summary>
/// One request of the API, at the lowest level: for operations that this library has no method for.
/// See <see cref="MaasClient.CallAsync"/>.
/// </summary>
public sealed record MaasCall
{
    /// <summary>A call of that method and path.</summary>
    /// <param name="method">GET, POST, PUT or DELETE.</param>
    /// <param name="path">Below the API's address (<c>boot-resources/</c>), or absolute on the same server (<c>/MAAS/api/2.0/…</c>).</param>
    public MaasCall(HttpMethod method, string path)
    {
        Method = method;
        Path = path;
    }

    /// <summary>GET, POST, PUT or DELETE.</summary>
    public HttpMethod Method { get; init; }

    /// <summary>Where, as in the constructor.</summary>
    public string Path { get; init; }

    /// <summary>Operation (<c>?op=</c>), or null.</summary>
    public string? Operation { get; init; }

    /// <summary>Parameters: in the query for GET, HEAD and DELETE, in the body otherwise.</summary>
    public IReadOnlyCollection<MaasField> Fields { get; init; } = [];

    /// <summary>Whether the call is signed with the API key (where the client has one). True by default.</summary>
    public bool IsSigned { get; init; } = true;

    /// <summary>Raw body in place of <see cref="Fields"/>; made anew for each try.</summary>
    internal Func<HttpContent>? Body { get; init; }

    /// <summary>Content type of the answer to ask for.</summary>
    internal string Accept { get; init; } = "application/json,*/*;q=0.9";

    internal bool IsRead => Method == HttpMethod.Get || Method == HttpMethod.Head;

    internal Uri Resolve(Uri api)
    {
        var text = new StringBuilder(Path);
        var separator = Path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        void Add(string name, string value)
        {
            text.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        if (Operation is not null)
            Add("op", Operation);
        if (Method != HttpMethod.Post && Method != HttpMethod.Put)
        {
            foreach (var field in Fields)
                Add(field.Name, field.TextValue ?? Encoding.UTF8.GetString(field.Bytes.Span));
        }

        // Two slashes in front would name another host.
        var relative = text.ToString();
        return new Uri(api, relative.StartsWith("//", StringComparison.Ordinal) ? "/" + relative.TrimStart('/') : relative);
    }
}

/// <summary>The answer to a <see cref="MaasCall"/>, whatever its status.</summary>
public sealed record MaasAnswer
{
    /// <summary>Status of the answer.</summary>
    public required HttpStatusCode StatusCode { get; init; }

    /// <summary>Reason phrase as sent, or the usual one.</summary>
    public required string ReasonPhrase { get; init; }

    /// <summary>Header name → values, joined with a comma; names ignore case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body, as received.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Value of <c>Content-Type</c>, parameters included; null when absent.</summary>
    public string? ContentType => Headers.GetValueOrDefault("Content-Type");

    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => (int)StatusCode is >= 200 and < 300;

    /// <summary>The body as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);
}
