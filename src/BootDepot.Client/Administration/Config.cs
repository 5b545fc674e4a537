using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>Settings of a server, as <c>boot_images_auto_import</c> or <c>http_proxy</c>. Each operation exists in two forms.</summary>
public sealed class Config
{
    private readonly MaasConnection _connection;

    internal Config(MaasConnection connection) => _connection = connection;

    /// <summary>Value of a setting, as the JSON it is: text, number, true, false or null.</summary>
    /// <exception cref="MaasBadRequestException">There is no such setting.</exception>
    public Task<JsonElement> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Get, "maas/") { Operation = "get_config", Fields = [MaasField.Text("name", name)] };
        return _connection.ReadAsync(call, static d => d.JsonElement, cancellationToken);
    }

    /// <inheritdoc cref="GetAsync"/>
    public JsonElement Get(string name, CancellationToken cancellationToken = default) => Blocking.Run(() => GetAsync(name, cancellationToken));

    /// <summary>Value of a setting as text; null when it is null or empty, which servers do not tell apart.</summary>
    public async Task<string?> GetTextAsync(string name, CancellationToken cancellationToken = default)
    {
        var value = await GetAsync(name, cancellationToken).ConfigureAwait(false);
        var text = value.ValueKind == JsonValueKind.Null ? "" : value.ToString();
        return text.Length == 0 ? null : text;
    }

    /// <inheritdoc cref="GetTextAsync"/>
    public string? GetText(string name, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => GetTextAsync(name, cancellationToken));

    /// <summary>Changes a setting.</summary>
    /// <exception cref="MaasBadRequestException">There is no such setting, or it does not take that value.</exception>
    public Task SetAsync(string name, string value, CancellationToken cancellationToken = default)
    {
        var call = new MaasCall(HttpMethod.Post, "maas/")
        {
            Operation = "set_config",
            Fields = [MaasField.Text("name", name), MaasField.Text("value", value)],
        };
        return _connection.RunAsync(call, cancellationToken);
    }

    /// <inheritdoc cref="SetAsync(string, string, CancellationToken)"/>
    public void Set(string name, string value, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => SetAsync(name, value, cancellationToken));

    /// <inheritdoc cref="SetAsync(string, string, CancellationToken)"/>
    public Task SetAsync(string name, bool value, CancellationToken cancellationToken = default) =>
        SetAsync(name, value ? "true" : "false", cancellationToken);

    /// <inheritdoc cref="SetAsync(string, string, CancellationToken)"/>
    public void Set(string name, bool value, CancellationToken cancellationToken = default) =>
        Blocking.Run(() => SetAsync(name, value, cancellationToken));
}
