using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Settings;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;

namespace BootDepot.Region.Api.Settings;

/// <summary><c>maas/</c>: settings that concern images.</summary>
internal sealed class SettingEndpoints(SettingsStore settings) : IApiEndpoints
{
    private static readonly string[] Shown =
        [.. SettingDefinition.All.Where(d => d.Shown).Select(d => d.Name).Order(StringComparer.Ordinal)];

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        Handler(ApiVersion.Two, ApiPermission.User, ApiPermission.EditConfigurations),
        Handler(ApiVersion.One, ApiPermission.Admin, ApiPermission.Admin),
    ];

    private ApiHandler Handler(ApiVersion version, ApiPermission get, ApiPermission set) =>
        new(version, "MaasHandler", "maas/", "Settings of this region.",
        [
            new("get_config", "GET", "get_config", "Show a setting", get, ApiResult.Json(ApiShape.Any), GetAsync)
            {
                Parameters = [ApiParameter.Required("name", "string", $"One of: {string.Join(", ", Shown)}.")],
            },
            new("set_config", "POST", "set_config", "Change a setting", set, ApiResult.Text(), SetAsync)
            {
                Parameters =
                [
                    ApiParameter.Required("name", "string", $"One of: {string.Join(", ", Shown)}."),
                    ApiParameter.Required("value", "string", "The new value. For flags, false, False and nothing are false."),
                ],
            },
        ]);

    private async Task<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.Query.LastOrNull("name") is not { Length: > 0 } name)
            return ApiAnswer.BadRequest("No provided name!");
        if (FindOrNull(name) is not { } setting)
            return Unknown(name);
        var value = setting.Get(await settings.GetAsync(cancel));
        if (!request.MaySeePasswords && value is JsonValue scalar && scalar.TryGetValue<string>(out var text))
            value = UrlText.WithoutPassword(text);
        return ApiAnswer.BareJson(json =>
        {
            if (value is null)
                json.WriteNullValue();
            else
                value.WriteTo(json);
        });
    }

    private async Task<ApiAnswer> SetAsync(ApiRequest request, CancellationToken cancel)
    {
        if (request.Fields.LastOrNull("name") is not { Length: > 0 } name)
            return ApiAnswer.BadRequest("No provided name!");
        if (request.Fields.LastOrNull("value") is not { } value)
            return ApiAnswer.BadRequest("No provided value!");
        if (FindOrNull(name) is not { } setting)
            return Unknown(name);
        return await settings.SetAsync(name, setting.FromText(value), request.Actor, cancel) is { } fault
            ? ApiAnswer.BareJson(FieldErrors.Of(name, fault.Message).Write, 400)
            : ApiAnswer.BareText("OK");
    }

    private static SettingDefinition? FindOrNull(string name) =>
        SettingDefinition.FindOrNull(name) is { Shown: true } setting ? setting : null;

    private static ApiAnswer Unknown(string name) => ApiAnswer.BareJson(
        FieldErrors.Of(name, $"{name} is not a valid config setting (valid settings are: {string.Join(", ", Shown)}).").Write, 400);
}
