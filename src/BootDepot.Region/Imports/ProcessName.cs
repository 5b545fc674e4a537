using System;
using System.Globalization;
using System.IO;

namespace BootDepot.Region.Imports;

/// <summary>
/// Names a process so that another one of the same machine can tell whether it still runs:
/// <c>machine/pid-namespace/pid/once</c>, where <c>once</c> tells it from others that had the same number.
/// </summary>
internal sealed record ProcessName(string Machine, string Namespace, int Id, string Once)
{
    /// <summary>A new name for this process.</summary>
    public static ProcessName OfThisProcess() =>
        new(Environment.MachineName, NamespaceOf(), Environment.ProcessId, Guid.NewGuid().ToString("N"));

    /// <summary>Whether that process is known to have ended. False also when it cannot be seen from here.</summary>
    public bool IsDead(string name)
    {
        var parts = name.Split('/');
        if (parts.Length != 4 || parts[0] != Machine || parts[1] != Namespace || Namespace.Length == 0)
            return false;
        if (!int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return false;
        return id == Id ? parts[3] != Once : !Directory.Exists($"/proc/{id}");
    }

    /// <inheritdoc />
    public override string ToString() => $"{Machine}/{Namespace}/{Id}/{Once}";

    // Numbers of processes mean something only within their namespace (containers have their own).
    private static string NamespaceOf() =>
        File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";
}
