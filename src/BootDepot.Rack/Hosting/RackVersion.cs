using System.Reflection;

namespace BootDepot.Rack.Hosting;

/// <summary>Version of this software.</summary>
internal static class RackVersion
{
    public static string Text { get; } =
        typeof(RackVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
