using System;
using System.Collections.Immutable;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Api.Declarations;

/// <summary>What a good answer is.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Media type without parameters.</param>
/// <param name="Shape">Shape of the body; null when there is none.</param>
internal sealed record ApiResult(int Status, string ContentType, ApiShape? Shape)
{
    /// <summary>A JSON answer.</summary>
    public static ApiResult Json(ApiShape shape, int status = 200) => new(status, "application/json", shape);

    /// <summary>A plain-text answer.</summary>
    public static ApiResult Text(int status = 200) => new(status, "text/plain", ApiShape.PlainText);

    /// <summary>204: done, nothing to say.</summary>
    public static readonly ApiResult Nothing = new(204, "text/plain", null);
}

/// <summary>How an action's body is read.</summary>
internal enum ApiBody
{
    /// <summary>A form of any of the accepted encodings, read before the action runs; file parts are small.</summary>
    Form,

    /// <summary>A form whose file parts may be whole images.</summary>
    FormWithImage,

    /// <summary>Bytes that the action reads itself.</summary>
    Raw,
}

/// <summary>One thing that can be done at a path: a method with an operation name, or without one.</summary>
/// <param name="Name"><c>read</c>, <c>create</c>, <c>update</c>, <c>delete</c>, or the operation's name.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Op">Operation name (<c>?op=</c>); null for the plain method.</param>
/// <param name="Title">First paragraph of its documentation.</param>
/// <param name="Permission">Who may.</param>
/// <param name="Result">What a good answer is.</param>
/// <param name="RunAsync">Binds the request, calls one use case, maps its result.</param>
internal sealed record ApiAction(
    string Name,
    string Method,
    string? Op,
    string Title,
    ApiPermission Permission,
    ApiResult Result,
    Func<ApiRequest, CancellationToken, Task<ApiAnswer>> RunAsync)
{
    /// <summary>Further paragraphs of its documentation.</summary>
    public string Text { get; init; } = "";

    /// <summary>What it takes, path parameters left out.</summary>
    public ImmutableArray<ApiParameter> Parameters { get; init; } = [];

    /// <summary>How its body is read.</summary>
    public ApiBody Body { get; init; }

    /// <summary>
    /// The event that a good answer leaves in the audit trail (<c>import.start</c>); null when the change itself writes one, or there is no change.
    /// </summary>
    public string? Event { get; init; }

    /// <summary>
    /// The text that the MAAS CLI parses: a title paragraph, a blank line, then a body. The CLI accepts
    /// <c>key=value</c> words only when the body has <c>:param </c> in it.
    /// </summary>
    public string Doc
    {
        get
        {
            var doc = new StringBuilder(Title).Append("\n\n");
            if (Text.Length > 0)
                doc.Append(Text).Append("\n\n");
            foreach (var p in Parameters)
            {
                doc.Append(":param ").Append(p.Name).Append(p.IsRequired ? ": Required. " : ": Optional. ").Append(p.Text)
                    .Append("\n:type ").Append(p.Name).Append(": ").Append(p.Type).Append("\n\n");
            }

            return doc.ToString();
        }
    }
}
