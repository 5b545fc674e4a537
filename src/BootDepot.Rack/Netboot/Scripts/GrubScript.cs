using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>
/// Plans in GRUB's language. Paths have no device in front, so that GRUB stays on the protocol it came by: Debian's signed
/// GRUB has no HTTP. What is data stands in single quotes, where nothing is expanded.
/// </summary>
internal static class GrubScript
{
    /// <summary>The first configuration, the same for every machine: goes on to the machine's own, or else its architecture's.</summary>
    public const string Entry = """
        set timeout=0
        configfile /grub/grub.cfg-${net_default_mac}
        configfile /grub/grub.cfg-default-${grub_cpu}

        """;

    // Where systems put their boot loader on the EFI system partition.
    private static readonly string[] OnDisk =
    [
        "/efi/boot/bootx64.efi", "/efi/ubuntu/shimx64.efi", "/efi/debian/shimx64.efi", "/efi/ubuntu/grubx64.efi",
        "/efi/debian/grubx64.efi", "/efi/centos/shimx64.efi", "/efi/redhat/shimx64.efi", "/efi/rocky/shimx64.efi",
        "/efi/Microsoft/Boot/bootmgfw.efi", "/efi/boot/bootaa64.efi", "/efi/ubuntu/shimaa64.efi",
    ];

    /// <summary>The configuration of a plan.</summary>
    public static string Write(BootPlan plan, TimeSpan menuTime)
    {
        var script = new StringBuilder();
        if (plan is MenuPlan menu)
        {
            var local = menu.Entries.ToList().FindIndex(e => e is LocalPlan);
            script.Append(CultureInfo.InvariantCulture, $"set default={local}\nset timeout={(long)menuTime.TotalSeconds}\n");
            foreach (var entry in menu.Entries)
                WriteEntry(script, entry);
        }
        else
        {
            script.Append("set default=0\nset timeout=0\n");
            WriteEntry(script, plan);
        }

        return script.ToString();
    }

    /// <summary>A word that GRUB takes as it is.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static void WriteEntry(StringBuilder script, BootPlan plan)
    {
        script.Append("menuentry ").Append(Quote(plan.Title)).Append(" {\n");
        switch (plan)
        {
            case LinuxPlan linux:
                script.Append("  echo ").Append(Quote(linux.Title)).Append('\n');
                script.Append("  linux ").Append(linux.Kernel).Append(' ')
                    .AppendJoin(' ', linux.Words.Select(Quote)).Append(" BOOTIF=01-${net_default_mac}\n");
                if (linux.Initrd is not null)
                    script.Append("  initrd ").Append(linux.Initrd).Append('\n');
                break;
            case LocalPlan:
                WriteLocal(script);
                break;
            case FailedPlan failed:
                foreach (var line in ScriptText.Lines(failed.Fault))
                    script.Append("  echo ").Append(Quote(line)).Append('\n');
                script.Append(CultureInfo.InvariantCulture, $"  sleep {ScriptText.RetrySeconds}\n  reboot\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(plan), plan, null);
        }

        script.Append("}\n");
    }

    private static void WriteLocal(StringBuilder script)
    {
        foreach (var file in OnDisk)
        {
            script.Append(CultureInfo.InvariantCulture, $"  if search --no-floppy --set=root --file {file}; then\n");
            script.Append(CultureInfo.InvariantCulture, $"    chainloader {file}\n    boot\n  fi\n");
        }

        // Back to the firmware: with an error, so that it tries its next entry.
        script.Append("  exit 1\n");
    }
}
