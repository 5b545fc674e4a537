using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests.Machines;

/// <summary>
/// A network of its own: a namespace with a bridge that has the servers' address, and a tap for one virtual machine. In it ports 69,
/// 5240 and 5248 are free, whatever runs on this computer. Needs root.
/// </summary>
public sealed class MachineNetwork : IAsyncDisposable
{
    /// <summary>The address of everything that machines talk to.</summary>
    public const string Address = "10.99.0.1";

    private static int _last;

    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"bd{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");

    private MachineNetwork()
    {
    }

    /// <summary>Makes it.</summary>
    public static async Task<MachineNetwork> StartAsync()
    {
        if (Environment.UserName != "root")
            throw new InvalidOperationException("Virtual machines need a network namespace, which only root can make. Run these tests as root.");
        var network = new MachineNetwork();
        await Shell.RunAsync($"""
            set -e
            ip netns add {network._name}
            net() {"{"} ip -n {network._name} "$@"; {"}"}
            net link set lo up
            net link add br0 type bridge forward_delay 0
            net addr add {Address}/24 dev br0
            net addr add fd99::1/64 dev br0 nodad
            net tuntap add dev tap0 mode tap
            net link set tap0 master br0
            net link set br0 up
            net link set tap0 up
            """);
        return network;
    }

    /// <summary>Starts DHCP. <paramref name="boot"/> is what it says about booting, in dnsmasq's words.</summary>
    public async Task<NetworkProgram> ServeDhcpAsync(TempFolder folder, string boot)
    {
        // Router advertisements, since iPXE waits 15 seconds for one.
        await File.WriteAllTextAsync(folder["dnsmasq.conf"], $"""
            port=0
            interface=br0
            bind-interfaces
            no-ping
            enable-ra
            dhcp-range=fd99::,ra-only
            dhcp-range=10.99.0.50,10.99.0.250,1h
            dhcp-leasefile={folder["leases"]}
            {boot}

            """);
        var dhcp = Start([], "dnsmasq", "--keep-in-foreground", "--log-facility=-", $"--conf-file={folder["dnsmasq.conf"]}", "--pid-file=");
        await dhcp.UntilSaysAsync("DHCP, IP range");
        return dhcp;
    }

    /// <summary>Starts a program in it.</summary>
    public NetworkProgram Start(IEnumerable<KeyValuePair<string, string>> environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", _name, program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new NetworkProgram(Process.Start(start)!);
    }

    /// <summary>Runs a bash script in it; its standard output.</summary>
    public Task<string> RunAsync(string script) => Shell.RunAsync($"ip netns exec {_name} bash -c {Quoted(script)}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await Shell.RunAsync($"ip netns del {_name}");

    /// <summary>A word for bash.</summary>
    public static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
