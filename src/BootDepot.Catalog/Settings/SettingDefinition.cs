using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using BootDepot.Images;

namespace BootDepot.Catalog.Settings;

/// <summary>One setting: its name on the wire, what it takes, and where it is in <see cref="RegionSettings"/>.</summary>
public sealed class SettingDefinition
{
    /// <summary>Longest text, in UTF-16 code units.</summary>
    public const int MaxTextLength = MaxLengths.Url;

    private const string InvalidCode = "setting-invalid";

    private readonly Func<RegionSettings, JsonNode?> _get;
    private readonly Func<RegionSettings, JsonNode?, RegionSettings> _set;
    private readonly Func<string, JsonNode?> _fromText;
    private readonly Func<JsonNode?, string?> _problem;

    private SettingDefinition(
        string name,
        Func<RegionSettings, JsonNode?> get,
        Func<RegionSettings, JsonNode?, RegionSettings> set,
        Func<string, JsonNode?> fromText,
        Func<JsonNode?, string?> problem)
    {
        Name = name;
        _get = get;
        _set = set;
        _fromText = fromText;
        _problem = problem;
    }

    /// <summary>Every setting, by name.</summary>
    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        Flag("boot_images_auto_import", s => s.BootImagesAutoImport, (s, v) => s with { BootImagesAutoImport = v }),
        Number("boot_images_import_interval_minutes", 1, 7 * 24 * 60, s => s.BootImagesImportIntervalMinutes, (s, v) => s with { BootImagesImportIntervalMinutes = v }),
        Number("boot_images_keep_days", 0, 3650, s => s.BootImagesKeepDays, (s, v) => s with { BootImagesKeepDays = v }),
        Number("boot_images_keep_versions", 1, 100, s => s.BootImagesKeepVersions, (s, v) => s with { BootImagesKeepVersions = v }),
        Flag("boot_images_no_proxy", s => s.BootImagesNoProxy, (s, v) => s with { BootImagesNoProxy = v }),
        Text("commissioning_distro_series", s => s.CommissioningDistroSeries, (s, v) => s with { CommissioningDistroSeries = v }),
        Text("commissioning_osystem", s => s.CommissioningOsystem, (s, v) => s with { CommissioningOsystem = v }, shown: false),
        Text("default_distro_series", s => s.DefaultDistroSeries, (s, v) => s with { DefaultDistroSeries = v }),
        Text("default_min_hwe_kernel", s => s.DefaultMinHweKernel, (s, v) => s with { DefaultMinHweKernel = v }),
        Text("default_osystem", s => s.DefaultOsystem, (s, v) => s with { DefaultOsystem = v }),
        Flag("enable_http_proxy", s => s.EnableHttpProxy, (s, v) => s with { EnableHttpProxy = v }),
        Url("http_proxy", s => s.HttpProxy, (s, v) => s with { HttpProxy = v }),
        Number("import_rate_kibibytes", 0, int.MaxValue, s => s.ImportRateKibibytes, (s, v) => s with { ImportRateKibibytes = v }),
        Window("import_window", s => s.ImportWindow, (s, v) => s with { ImportWindow = v }),
        Text("maas_name", s => s.MaasName, (s, v) => s with { MaasName = v }),
        // The old name of the next one; libmaas still asks for it.
        Text("ntp_server", s => s.NtpServers, (s, v) => s with { NtpServers = v }, storedAs: "ntp_servers"),
        Text("ntp_servers", s => s.NtpServers, (s, v) => s with { NtpServers = v }),
        Number("scrub_interval_days", 0, 3650, s => s.ScrubIntervalDays, (s, v) => s with { ScrubIntervalDays = v }),
        Number("scrub_mebibytes_per_second", 0, 1024 * 1024, s => s.ScrubMebibytesPerSecond, (s, v) => s with { ScrubMebibytesPerSecond = v }),
        Number("staging_mebibytes", 0, int.MaxValue, s => s.StagingMebibytes, (s, v) => s with { StagingMebibytes = v }),
        Number("storage_low_mebibytes", 0, int.MaxValue, s => s.StorageLowMebibytes, (s, v) => s with { StorageLowMebibytes = v }),
        Number("audit_keep_days", 0, 36500, s => s.AuditKeepDays, (s, v) => s with { AuditKeepDays = v }),
        Number("upload_expiry_hours", 1, 365 * 24, s => s.UploadExpiryHours, (s, v) => s with { UploadExpiryHours = v }),
        Flag("use_peer_proxy", s => s.UsePeerProxy, (s, v) => s with { UsePeerProxy = v }),
    ];

    private static readonly FrozenDictionary<string, SettingDefinition> ByName =
        All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>Name on the wire.</summary>
    public string Name { get; }

    /// <summary>Whether MAAS clients may see it; the others answer there like unknown names.</summary>
    public bool Shown { get; private init; } = true;

    /// <summary>Name of the row; that of the setting, unless this is another name for one.</summary>
    internal string StoredAs { get; private init; } = "";

    /// <summary>The setting of that name, case-sensitive; null when there is none.</summary>
    public static SettingDefinition? FindOrNull(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Its value as JSON; null is JSON's null.</summary>
    public JsonNode? Get(RegionSettings settings) => _get(settings);

    /// <summary>
    /// Reads a value as forms and command lines bring it. For flags as MAAS does: <c>false</c>, <c>False</c> and nothing are
    /// false, all else is true. A text that does not fit comes back as it is and is refused by <see cref="TryChange"/>.
    /// </summary>
    public JsonNode? FromText(string text) => _fromText(text);

    /// <summary>The settings with this one changed; false, with the reason, when the value does not fit.</summary>
    public bool TryChange(
        RegionSettings settings,
        JsonNode? value,
        [NotNullWhen(true)] out RegionSettings? changed,
        [NotNullWhen(false)] out Fault? fault)
    {
        changed = null;
        fault = _problem(value) is { } problem ? new Fault(InvalidCode, problem) : null;
        if (fault is null)
            changed = _set(settings, value);
        return fault is null;
    }

    private static SettingDefinition Flag(string name, Func<RegionSettings, bool> get, Func<RegionSettings, bool, RegionSettings> set) =>
        new(
            name,
            s => JsonValue.Create(get(s)),
            (s, v) => set(s, v!.GetValue<bool>()),
            text => JsonValue.Create(text is not ("" or "false" or "False")),
            value => Is<bool>(value, out _) ? null : "Enter true or false.") { StoredAs = name };

    private static SettingDefinition Number(
        string name,
        int least,
        int most,
        Func<RegionSettings, int> get,
        Func<RegionSettings, int, RegionSettings> set) =>
        new(
            name,
            s => JsonValue.Create(get(s)),
            (s, v) => set(s, v!.GetValue<int>()),
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text),
            value => Is<int>(value, out var number) && number >= least && number <= most
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"Enter a whole number from {least} to {most}.")) { StoredAs = name };

    private static SettingDefinition Text(
        string name,
        Func<RegionSettings, string> get,
        Func<RegionSettings, string, RegionSettings> set,
        bool shown = true,
        string? storedAs = null) =>
        new(
            name,
            s => JsonValue.Create(get(s)),
            (s, v) => set(s, v!.GetValue<string>()),
            text => JsonValue.Create(text),
            value => !Is<string>(value, out var text) || text.Any(char.IsControl) ? "Enter one line of text."
                : text.Length > MaxTextLength ? string.Create(CultureInfo.InvariantCulture, $"Enter at most {MaxTextLength} characters.")
                : null) { Shown = shown, StoredAs = storedAs ?? name };

    /// <summary>An http or https URL, or nothing, which is null.</summary>
    private static SettingDefinition Url(string name, Func<RegionSettings, string?> get, Func<RegionSettings, string?, RegionSettings> set) =>
        new(
            name,
            s => JsonValue.Create(get(s)),
            (s, v) => set(s, v?.GetValue<string>() is { Length: > 0 } url ? url : null),
            text => JsonValue.Create(text),
            value => value is null || (Is<string>(value, out var url) && (url.Length == 0 || IsHttpUrl(url))) ? null : "Enter a valid URL.") { StoredAs = name };

    /// <summary>Two times of the day, or nothing.</summary>
    private static SettingDefinition Window(string name, Func<RegionSettings, string> get, Func<RegionSettings, string, RegionSettings> set) =>
        new(
            name,
            s => JsonValue.Create(get(s)),
            (s, v) => set(s, v!.GetValue<string>()),
            text => JsonValue.Create(text),
            value => Is<string>(value, out var text) && (text.Length == 0 || TimeWindow.TryParse(text, out _)) ? null : "Enter two times such as 22:00-06:00, or nothing.") { StoredAs = name };

    private static bool IsHttpUrl(string text) =>
        text.Length <= MaxTextLength
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Host.Length > 0;

    private static bool Is<T>(JsonNode? value, [NotNullWhen(true)] out T? result)
    {
        result = default;
        return value is JsonValue scalar && scalar.TryGetValue(out result) && result is not null;
    }
}
