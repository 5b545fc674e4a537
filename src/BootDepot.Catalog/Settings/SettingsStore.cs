using System;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Settings;

/// <summary>A rule that needs more than the value: "must be a release that is held". Null when it is kept.</summary>
/// <param name="context">The transaction that would make the change.</param>
/// <param name="setting">What is being changed.</param>
/// <param name="proposed">The settings as they would be.</param>
/// <param name="cancellationToken">Stops the check.</param>
public delegate Task<Fault?> SettingRule(
    CatalogContext context,
    SettingDefinition setting,
    RegionSettings proposed,
    CancellationToken cancellationToken);

/// <summary>Reads and changes the settings that are kept in the catalogue, so that all regions have the same.</summary>
/// <param name="catalog">The database.</param>
/// <param name="time">The clock, for the audit trail.</param>
/// <param name="defaults">Values of what nobody changed.</param>
/// <param name="rules">Further checks, in order; the first that fails is reported.</param>
public sealed class SettingsStore(CatalogDatabase catalog, TimeProvider time, RegionSettings defaults, params SettingRule[] rules)
{
    /// <summary>The settings as they are now.</summary>
    public async Task<RegionSettings> GetAsync(CancellationToken cancellationToken)
    {
        await using var context = await catalog.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(context, cancellationToken);
    }

    /// <summary>
    /// Changes one setting, and records who did; null when it is done. A fault with <c>setting-unknown</c>,
    /// <c>setting-invalid</c> or a rule's own code says why nothing was changed.
    /// </summary>
    /// <param name="name">Its name, as in <see cref="SettingDefinition.Name"/>.</param>
    /// <param name="value">The value; null is JSON's null. See <see cref="SettingDefinition.FromText"/> for texts.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Fault?> SetAsync(string name, JsonNode? value, Actor actor, CancellationToken cancellationToken)
    {
        if (SettingDefinition.FindOrNull(name) is not { } setting)
        {
            var names = string.Join(", ", SettingDefinition.All.Select(d => d.Name));
            return new Fault("setting-unknown", $"{name} is not a setting. Settings are: {names}.");
        }

        return await catalog.ChangeAsync(
            async (context, token) =>
            {
                var current = await ReadAsync(context, token);
                if (!setting.TryChange(current, value, out var proposed, out var fault))
                    return fault;
                foreach (var rule in rules)
                {
                    if (await rule(context, setting, proposed, token) is { } broken)
                        return broken;
                }

                await WriteAsync(context, setting, current, proposed, actor, token);
                return null;
            },
            cancellationToken);
    }

    private async Task<RegionSettings> ReadAsync(CatalogContext context, CancellationToken cancellationToken)
    {
        var settings = defaults;
        // Rows that this version does not know (a newer one was here) are left alone.
        foreach (var row in await context.Settings.AsNoTracking().ToListAsync(cancellationToken))
        {
            if (SettingDefinition.FindOrNull(row.Name) is not { } setting)
                continue;
            if (!TryParse(row.Value, out var value) || !setting.TryChange(settings, value, out var changed, out _))
                throw new CatalogException(new Fault("setting-damaged", $"The stored value of {row.Name} cannot be used: {row.Value}. Delete the row {row.Name} of the table Settings; the default applies then."));
            settings = changed;
        }

        return settings;
    }

    private async Task WriteAsync(
        CatalogContext context,
        SettingDefinition setting,
        RegionSettings current,
        RegionSettings proposed,
        Actor actor,
        CancellationToken cancellationToken)
    {
        var before = setting.Get(current);
        var after = setting.Get(proposed);
        if (JsonNode.DeepEquals(before, after))
            return;
        var row = await context.Settings.SingleOrDefaultAsync(s => s.Name == setting.StoredAs, cancellationToken);
        if (row is null)
            context.Settings.Add(row = new Setting { Name = setting.StoredAs, Value = "" });
        row.Value = after?.ToJsonString() ?? "null";
        AuditTrail.Append(
            context,
            time,
            actor,
            "setting.change",
            $"setting/{setting.StoredAs}",
            new JsonObject { ["value"] = WithoutPassword(before) },
            new JsonObject { ["value"] = WithoutPassword(after) });
    }

    /// <summary>A proxy URL may hold a password, which does not belong in the trail.</summary>
    private static JsonNode? WithoutPassword(JsonNode? value) =>
        value is JsonValue scalar && scalar.TryGetValue<string>(out var text)
            ? JsonValue.Create(UrlText.WithoutPassword(text))
            : value?.DeepClone();

    private static bool TryParse(string json, out JsonNode? value)
    {
        try
        {
            value = JsonNode.Parse(json);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }
}
