using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests;

/// <summary>An answer, read.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">The whole header; null when there is none.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Headers">The answer's headers.</param>
public sealed record Reply(int Status, string? ContentType, byte[] Body, System.Net.Http.Headers.HttpResponseHeaders Headers)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>A header; null when it is not there.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidOperationException">The region failed, which no test expects, with what it logged; or a refusal has a secret in it.</exception>
    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var reply = new Reply(
            (int)response.StatusCode,
            response.Content.Headers.TryGetValues("Content-Type", out var types) ? types.Single() : null,
            await response.Content.ReadAsByteArrayAsync(),
            response.Headers);
        if (!response.IsSuccessStatusCode && SecretWatch.In(reply.Text).FirstOrDefault() is { } name)
            throw new InvalidOperationException($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath} was answered {reply.Status} with a secret ({name}): {reply.Text}");
        return response.StatusCode == HttpStatusCode.InternalServerError
            ? throw new InvalidOperationException($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} was answered 500: {reply.Text}\n{FailureLog.Recent()}")
            : reply;
    }

    /// <summary>Checks status, content type and text in one.</summary>
    public void ShouldBe(int status, string contentType, string text)
    {
        Text.ShouldBe(text);
        Status.ShouldBe(status);
        ContentType.ShouldBe(contentType);
    }

    /// <summary>Checks that it is JSON with that content (white space and key order do not count).</summary>
    public void ShouldBeJson(int status, string json, string contentType = "application/json; charset=utf-8")
    {
        JsonElement.DeepEquals(Json, JsonDocument.Parse(json).RootElement).ShouldBeTrue($"expected {json}\nbut got {Text}");
        Status.ShouldBe(status);
        ContentType.ShouldBe(contentType);
    }
}
