using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace BootDepot.Rack.Netboot.Scripts;

/// <summary>
/// Plans in iPXE's language. Paths begin with a slash and have no server in front, so that iPXE stays on the protocol that it got
/// the script by. iPXE splits lines at blanks, expands <c>${…}</c> again and again, ends a command at <c>||</c>, <c>&amp;&amp;</c> and a word that
/// begins with <c>#</c>, and knows no quoting: what holds one of these cannot be said and is left out.
/// </summary>
internal static class IpxeScript
{
    /// <summary>The first script, the same for every machine: goes on to the machine's own, or else its architecture's.</summary>
    public const string Entry = """
        #!ipxe
        set arch amd64
        iseq ${buildarch} arm64 && set arch arm64 ||
        chain --replace --autofree /ipxe.cfg-${mac:hexhyp} || chain --replace --autofree /ipxe.cfg-default-${arch}

        """;

    /// <summary>The script of a plan.</summary>
    public static string Write(BootPlan plan, TimeSpan menuTime)
    {
        var script = new StringBuilder("#!ipxe\n");
        if (plan is MenuPlan menu)
            WriteMenu(script, menu, menuTime);
        else
            WriteOne(script, plan);
        script.Append(CultureInfo.InvariantCulture, $":failed\necho The rack did not send it\nsleep {ScriptText.RetrySeconds}\nreboot\n");
        return script.ToString();
    }

    /// <summary>Whether iPXE can be told the word at all.</summary>
    public static bool CanSay(string word) =>
        !word.Contains("${", StringComparison.Ordinal)
        && KernelWords.Quote(word).Split(' ').All(part => part is not ("||" or "&&") && !part.StartsWith('#'));

    private static void WriteMenu(StringBuilder script, MenuPlan menu, TimeSpan time)
    {
        var local = menu.Entries.ToList().FindIndex(e => e is LocalPlan);
        script.Append("menu ").Append(menu.Title).Append('\n');
        for (var i = 0; i < menu.Entries.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"item entry{i} ").Append(menu.Entries[i].Title).Append('\n');
        var wait = (long)time.TotalMilliseconds;
        script.Append(CultureInfo.InvariantCulture, $"choose --timeout {wait} --default entry{local} chosen && goto ${{chosen}} || goto entry{local}\n");
        for (var i = 0; i < menu.Entries.Count; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $":entry{i}\n");
            WriteOne(script, menu.Entries[i]);
        }
    }

    private static void WriteOne(StringBuilder script, BootPlan plan)
    {
        switch (plan)
        {
            case LinuxPlan linux:
                WriteLinux(script, linux);
                break;
            case LocalPlan:
                // UEFI: back to the firmware, which goes on with its next entry. BIOS: the disks in turn.
                script.Append("iseq ${platform} efi && exit ||\n");
                foreach (var drive in new[] { "0x80", "0x81", "0x82", "0x83" })
                    script.Append(CultureInfo.InvariantCulture, $"sanboot --no-describe --drive {drive} ||\n");
                script.Append("exit\n");
                break;
            case FailedPlan failed:
                foreach (var line in ScriptText.Lines(failed.Fault))
                    script.Append("echo ").Append(line).Append('\n');
                script.Append(CultureInfo.InvariantCulture, $"sleep {ScriptText.RetrySeconds}\nreboot\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(plan), plan, null);
        }
    }

    private static void WriteLinux(StringBuilder script, LinuxPlan plan)
    {
        var leftOut = plan.Words.Count(w => !CanSay(w));
        script.Append("echo ").Append(plan.Title).Append('\n');
        if (leftOut > 0)
            script.Append(CultureInfo.InvariantCulture, $"echo {leftOut} kernel parameters are left out, iPXE cannot be told them\n");
        var words = new List<string>();
        if (plan.Initrd is not null)
            words.Add("initrd=boot-initrd"); // UEFI: the kernel itself asks for its initrd, by this name
        words.AddRange(plan.Words.Where(CanSay).Select(KernelWords.Quote));
        script.Append("kernel ").Append(plan.Kernel).Append(' ').AppendJoin(' ', words).Append(" BOOTIF=01-${mac:hexhyp} || goto failed\n");
        if (plan.Initrd is not null)
            script.Append("initrd --name boot-initrd ").Append(plan.Initrd).Append(" || goto failed\n");
        script.Append("boot || goto failed\n");
    }
}
