using System;
using BootDepot.Images.Booting;

namespace BootDepot.Images.Racks;

/// <summary>The words for modes in the API, on the command line and in documents.</summary>
public static class RackWords
{
    /// <summary>The word of a rack's mode.</summary>
    public static string Of(RackMode mode) => mode switch
    {
        RackMode.All => "all",
        RackMode.Selection => "selection",
        RackMode.OnDemand => "on-demand",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <summary>The word of a machine's mode.</summary>
    public static string Of(BootMode mode) => mode switch
    {
        BootMode.Menu => "menu",
        BootMode.Ephemeral => "ephemeral",
        BootMode.Install => "install",
        BootMode.Local => "local",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <summary>Reads a rack's mode.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RackMode ParseRackMode(string word) => word switch
    {
        "all" => RackMode.All,
        "selection" => RackMode.Selection,
        "on-demand" => RackMode.OnDemand,
        _ => throw new FormatException($"'{word}' is not a rack's mode: all, selection and on-demand are."),
    };

    /// <summary>Reads a machine's mode.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static BootMode ParseBootMode(string word) => word switch
    {
        "menu" => BootMode.Menu,
        "ephemeral" => BootMode.Ephemeral,
        "install" => BootMode.Install,
        "local" => BootMode.Local,
        _ => throw new FormatException($"'{word}' is not a boot mode: menu, ephemeral, install and local are."),
    };
}
