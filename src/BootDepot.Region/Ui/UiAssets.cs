using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace BootDepot.Region.Ui;

/// <summary>
/// The built web UI, as the build put it into this assembly: each file as <c>ui/PATH</c>, beside it <c>PATH.br</c> and
/// <c>PATH.gz</c> where packing it is worth it. A region that was built without Node has none.
/// </summary>
internal static class UiAssets
{
    private const string Prefix = "ui/";

    private static readonly Assembly Here = typeof(UiAssets).Assembly;

    private static readonly FrozenDictionary<string, string> Names = Here.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(n => n[Prefix.Length..].Replace('\\', '/'), StringComparer.Ordinal);

    /// <summary>Whether the UI is in this build.</summary>
    public static bool Exist { get; } = Names.ContainsKey("index.html");

    /// <summary>Whether there is such a file.</summary>
    public static bool Has(string path) => Names.ContainsKey(path);

    /// <summary>Its bytes; null when there is none.</summary>
    public static Stream? OpenOrNull(string path) =>
        Names.TryGetValue(path, out var name) ? Here.GetManifestResourceStream(name) : null;

    /// <summary>Every file.</summary>
    public static IEnumerable<string> All => Names.Keys;
}
