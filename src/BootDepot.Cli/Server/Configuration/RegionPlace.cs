using System.Collections.Generic;
using System.CommandLine;

namespace BootDepot.Cli.Server.Configuration;

/// <summary>The options by which a command finds a region: <c>--data</c> and <c>--config</c>.</summary>
internal sealed class RegionPlace
{
    /// <summary>Its data directory.</summary>
    public Option<string?> Data { get; } = DataOption.Create();

    /// <summary>Its configuration file.</summary>
    public Option<string?> Config { get; } = DataOption.CreateConfig();

    /// <summary>The region's configuration; from here on, this process is the owner of the region's data.</summary>
    public RegionConfiguration Read(CommandHost host, ParseResult parsed)
    {
        var flags = new List<(string, IReadOnlyList<string>, string)>();
        if (parsed.GetValue(Data) is { } data)
            flags.Add(("data", [data], "--data"));
        var region = RegionConfiguration.Read(host, parsed.GetValue(Config), flags);
        DataOwner.Become(region.Data);
        return region;
    }
}
