using System;
using System.Collections.Immutable;

namespace BootDepot.Region.Uploads;

/// <summary>What MAAS knows about operating systems.</summary>
internal static class OperatingSystems
{
    /// <summary>Those that a name may begin with, in the order in which messages list them.</summary>
    public static readonly ImmutableArray<string> Known =
    [
        "ubuntu", "ubuntu-core", "bootloader", "centos", "rhel", "custom", "windows", "suse", "esxi", "ol", "onie",
    ];

    /// <summary>Those that a custom image may be made from.</summary>
    public static readonly ImmutableArray<string> Bases = ["ubuntu", "centos", "rhel", "ol"];

    /// <summary>Code names of Ubuntu releases that can be the base of a custom image.</summary>
    public static readonly ImmutableArray<string> UbuntuSeries =
    [
        "precise", "quantal", "raring", "saucy", "trusty", "utopic", "vivid", "wily", "xenial", "yakkety", "zesty", "artful",
        "bionic", "cosmic", "disco", "eoan", "focal", "groovy", "hirsute", "impish", "jammy", "kinetic", "lunar", "mantic",
        "noble", "oracular", "plucky", "questing", "resolute",
    ];

    /// <summary>Whether MAAS keeps a bare name for its own CentOS images: <c>centos</c> and one or two digits.</summary>
    public static bool IsReservedCentos(string name) =>
        name.StartsWith("centos", StringComparison.Ordinal)
        && name.AsSpan(6) is { Length: 1 or 2 } digits && !digits.ContainsAnyExceptInRange('0', '9');
}
