using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>
/// Plans in PXELINUX's language: a keyword and the rest of the line, which is taken as it stands.
/// </summary>
internal static class PxelinuxScript
{
    /// <summary>The configuration of a plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="menuTime">How long a menu waits.</param>
    /// <param name="files">
    /// What stands before paths: the rack's HTTP address, or nothing, which is the protocol that the configuration came by.
    /// </param>
    public static string Write(BootPlan plan, TimeSpan menuTime, string files)
    {
        var script = new StringBuilder();
        switch (plan)
        {
            case MenuPlan menu:
                WriteMenu(script, menu, menuTime, files);
                break;
            case FailedPlan failed:
                foreach (var line in ScriptText.Lines(failed.Fault))
                    script.Append("SAY ").Append(line).Append('\n');
                // A prompt that times out is how PXELINUX waits.
                script.Append(CultureInfo.InvariantCulture, $"DEFAULT again\nPROMPT 1\nTIMEOUT {ScriptText.RetrySeconds * 10}\nLABEL again\n  COM32 reboot.c32\n");
                break;
            default:
                script.Append("SAY ").Append(plan.Title).Append("\nDEFAULT execute\nPROMPT 0\n");
                WriteLabel(script, "execute", plan, files);
                break;
        }

        return script.ToString();
    }

    private static void WriteMenu(StringBuilder script, MenuPlan menu, TimeSpan time, string files)
    {
        script.Append("SAY ").Append(menu.Title).Append('\n');
        for (var i = 0; i < menu.Entries.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"SAY   {i + 1}  ").Append(menu.Entries[i].Title).Append('\n');
        script.Append("SAY Type a number and press Enter\n");
        var local = menu.Entries.ToList().FindIndex(e => e is LocalPlan);
        // TIMEOUT counts tenths of a second.
        script.Append(CultureInfo.InvariantCulture, $"DEFAULT {local + 1}\nPROMPT 1\nTIMEOUT {(long)(time.TotalSeconds * 10)}\n");
        for (var i = 0; i < menu.Entries.Count; i++)
            WriteLabel(script, $"{i + 1}", menu.Entries[i], files);
    }

    private static void WriteLabel(StringBuilder script, string label, BootPlan plan, string files)
    {
        script.Append("LABEL ").Append(label).Append('\n');
        if (plan is not LinuxPlan linux)
        {
            script.Append("  LOCALBOOT 0\n");
            return;
        }

        script.Append("  KERNEL ").Append(files).Append(linux.Kernel).Append('\n');
        if (linux.Initrd is not null)
            script.Append("  INITRD ").Append(files).Append(linux.Initrd).Append('\n');
        script.Append("  APPEND ").AppendJoin(' ', linux.Words.Select(KernelWords.Quote)).Append('\n');
        script.Append("  IPAPPEND 2\n"); // adds BOOTIF=01-aa-bb-cc-dd-ee-ff
    }
}
