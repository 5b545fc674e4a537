using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace BootDepot.Cli.Server;

/// <summary>Which region a command is about: its data directory and its configuration file.</summary>
internal static class DataOption
{
    /// <summary>For commands that read the whole configuration, which may say where the data are.</summary>
    public static Option<string?> Create() => new("--data")
    {
        Description = "Data directory. Default: as configured, else /var/lib/bootdepot as root, else ~/.local/share/bootdepot.",
        HelpName = "DIR",
    };

    /// <summary>For commands about nothing but the files of the data directory.</summary>
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

    public static Option<string?> CreateConfig() => new("--config")
    {
        Description = "Configuration file, YAML or JSON. Default: $BOOTDEPOT_CONFIG, else /etc/bootdepot/bootdepot.yaml if it is there.",
        HelpName = "FILE",
    };

    public static string Default(CommandHost host)
    {
        if (host.Environment.GetValueOrDefault("BOOTDEPOT_DATA") is { Length: > 0 } configured)
            return configured;
        return Environment.IsPrivilegedProcess
            ? "/var/lib/bootdepot"
            : Path.Combine(host.HomeFolder, ".local", "share", "bootdepot");
    }
}
