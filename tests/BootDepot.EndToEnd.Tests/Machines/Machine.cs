using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.EndToEnd.Tests.Machines;

/// <summary>Firmware, unmodified, as Debian ships it.</summary>
public enum Firmware
{
    /// <summary>SeaBIOS and the iPXE of the network card.</summary>
    Bios,

    /// <summary>OVMF, PXE by its own driver.</summary>
    UefiPxe,

    /// <summary>OVMF with Microsoft's keys and Secure Boot on.</summary>
    UefiPxeSecure,

    /// <summary>OVMF, HTTP boot.</summary>
    UefiHttp,
}

/// <summary>
/// A virtual machine under plain emulation. Its serial port goes to a file, in which tests look for markers.
/// </summary>
public sealed class Machine : IAsyncDisposable
{
    /// <summary>After so long without a new word on its serial port it is given up. Usual are 10 to 25 s for a whole boot; others may use this computer too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>However much it says: one that boots again and again never ends.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(600);

    private readonly NetworkProgram _process;
    private readonly string _serial;

    private Machine(NetworkProgram process, string serial) => (_process, _serial) = (process, serial);

    /// <summary>Switches it on.</summary>
    /// <param name="network">Where its card is plugged in.</param>
    /// <param name="folder">For its files.</param>
    /// <param name="mac">The address of its network card.</param>
    /// <param name="firmware">How it boots.</param>
    /// <param name="disk">A raw disk image; null for none.</param>
    /// <param name="mayReset">Whether a reset starts it again rather than ending it.</param>
    public static Machine Start(MachineNetwork network, TempFolder folder, string mac, Firmware firmware, string? disk = null, bool mayReset = false)
    {
        var serial = folder["serial.txt"];
        List<string> words =
        [
            "-accel", "tcg", "-nodefaults", "-display", "none", "-serial", $"file:{serial}",
            "-netdev", "tap,id=n,ifname=tap0,script=no,downscript=no",
        ];
        if (!mayReset)
            words.Add("-no-reboot");
        var card = $"virtio-net-pci,netdev=n,mac={mac},bootindex=1";
        if (firmware == Firmware.Bios)
        {
            // graphics=off: SeaBIOS, iPXE and PXELINUX write on the serial port too.
            words.AddRange(["-machine", "pc,graphics=off", "-m", "768", "-device", card]);
        }
        else
        {
            var isSecure = firmware == Firmware.UefiPxeSecure;
            var kind = isSecure ? "4M.ms" : "4M";
            File.Copy($"/usr/share/OVMF/OVMF_VARS_{kind}.fd", folder["vars.fd"], overwrite: true);
            words.AddRange(["-machine", isSecure ? "q35,smm=on" : "q35", "-cpu", "max", "-m", "1024"]);
            if (isSecure)
                words.AddRange(["-global", "driver=cfi.pflash01,property=secure,value=on"]);
            words.AddRange(["-drive", $"if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_{kind}.fd"]);
            words.AddRange(["-drive", $"if=pflash,format=raw,file={folder["vars.fd"]}"]);
            words.AddRange(["-device", card + ",romfile="]); // OVMF's own driver, not iPXE's
            if (firmware == Firmware.UefiHttp)
            {
                words.AddRange(["-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=n"]);
                words.AddRange(["-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n"]);
            }
        }

        if (disk is not null)
        {
            words.AddRange(["-drive", $"file={disk},format=raw,if=none,id=d,cache=unsafe"]);
            words.AddRange(["-device", "virtio-blk-pci,drive=d,bootindex=2"]);
        }

        return new Machine(network.Start([], "qemu-system-x86_64", [.. words]), serial);
    }

    /// <summary>What its serial port said so far.</summary>
    public string Serial => File.Exists(_serial) ? File.ReadAllText(_serial, Encoding.Latin1) : "";

    /// <summary>Waits for a marker on the serial port; the line that has it.</summary>
    public async Task<string> MarkerAsync(string marker)
    {
        var (whole, still, said) = (Stopwatch.StartNew(), Stopwatch.StartNew(), 0);
        while (true)
        {
            var hasEnded = _process.HasEnded;
            var serial = Serial;
            if (serial.IndexOf(marker, StringComparison.Ordinal) is var at and >= 0 && serial.IndexOf('\n', at) is var end and >= 0)
                return serial[at..end].TrimEnd('\r');
            if (serial.Length > said)
            {
                said = serial.Length;
                still.Restart();
            }

            if (hasEnded || still.Elapsed > Patience || whole.Elapsed > Limit || serial.Contains("VM-FAIL", StringComparison.Ordinal))
            {
                var last = serial.Length > 6000 ? serial[^6000..] : serial;
                Assert.Fail($"No {marker} after {whole.Elapsed.TotalSeconds:F0} s{(hasEnded ? ", the machine is off" : "")}.\n{last}\n{_process.Output}");
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
