using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests.Machines;

/// <summary>
/// A network of its own: a namespace with a bridge that has the rack's address, a tap for one virtual machine, and dnsmasq for DHCP.
/// In it ports 69 and 5248 are free, whatever runs on this computer. Needs root.
/// </summary>
public sealed class MachineNetwork : IAsyncDisposable
{
    /// <summary>The rack's address.</summary>
    public const string Rack = "10.99.0.1";

    private static int _last;

    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"bd{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");

    private Process? _dhcp;

    private MachineNetwork()
    {
    }

    /// <summary>Makes it. <paramref name="boot"/> is what DHCP says about booting, in dnsmasq's words.</summary>
    public static async Task<MachineNetwork> StartAsync(TempFolder folder, string boot)
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
            net addr add {Rack}/24 dev br0
            net addr add fd99::1/64 dev br0 nodad
            net tuntap add dev tap0 mode tap
            net link set tap0 master br0
            net link set br0 up
            net link set tap0 up
            """);
        // Router advertisements, since iPXE waits 15 seconds for one.
        await File.WriteAllTextAsync(folder["dnsmasq.conf"], $"""
            port=0
            interface=br0
            bind-interfaces
            no-ping
            enable-ra
            dhcp-range=fd99::,ra-only
            dhcp-range=10.99.0.50,10.99.0.150,1h
            dhcp-leasefile={folder["leases"]}
            {boot}

            """);
        network._dhcp = network.Run("dnsmasq", "--keep-in-foreground", $"--conf-file={folder["dnsmasq.conf"]}", "--pid-file=");
        return network;
    }

    /// <summary>Starts a program in it.</summary>
    public Process Run(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo("ip", ["netns", "exec", _name, program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_dhcp);
        await Shell.RunAsync($"ip netns del {_name}");
    }

    /// <summary>Ends a program that was started in it.</summary>
    public static async Task StopAsync(Process? process)
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
