using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace BootDepot.Cli.Server;

/// <summary>Where a region keeps its state: <c>--data</c>, else <c>BOOTDEPOT_DATA</c>, else the usual place for the user.</summary>
internal static class DataOption
{
    public static Option<string> Create(CommandHost host) => new("--data")
    {
        Description = "Data directory. Default: $BOOTDEPOT_DATA, else /var/lib/bootdepot as root, else ~/.local/share/bootdepot.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Default(host),
    };

    /// <summary>The same for a rack, which by default has the folder <c>rack</c> in that of a region.</summary>
    public static Option<string> CreateForRack(CommandHost host) => new("--data")
    {
        Description = "Data directory. Default: the folder rack in $BOOTDEPOT_DATA, else in /var/lib/bootdepot as root, else in ~/.local/share/bootdepot.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Path.Combine(Default(host), "rack"),
    };

    private static string Default(CommandHost host)
    {
        if (host.Environment.GetValueOrDefault("BOOTDEPOT_DATA") is { Length: > 0 } configured)
            return configured;
        return Environment.IsPrivilegedProcess
            ? "/var/lib/bootdepot"
            : Path.Combine(host.HomeFolder, ".local", "share", "bootdepot");
    }
}
