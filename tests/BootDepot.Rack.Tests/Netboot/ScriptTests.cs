using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Netboot.Images;
using BootDepot.Rack.Netboot.Scripts;
using BootDepot.Rack.Tests.Netboot.Rig;
using FsCheck;
using FsCheck.Fluent;

namespace BootDepot.Rack.Tests.Netboot;

public sealed class ScriptTests
{
    private const string Mac = "52:54:00:aa:bb:01";

    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(2);

    private static readonly (string, string, object)[] Files =
    [
        ("boot-kernel", "boot-kernel", Encoding.ASCII.GetBytes("kernel")),
        ("boot-initrd", "boot-initrd", Encoding.ASCII.GetBytes("initrd")),
        ("squashfs", "squashfs", Encoding.ASCII.GetBytes("squashfs")),
    ];

    [Theory]
    [InlineData("console=ttyS0 quiet", new[] { "console=ttyS0", "quiet" })]
    [InlineData("a=\"b c\"  d", new[] { "a=b c", "d" })]
    [InlineData("a\nb\tc\0d", new[] { "a", "b", "c", "d" })]
    [InlineData("initrd=/evil x", new[] { "x" })]
    [InlineData("", new string[0])]
    public void Parameters_are_read_as_the_kernel_reads_its_command_line(string text, string[] words) =>
        KernelWords.Parse(text).ShouldBe(words);

    [Fact]
    public async Task An_ephemeral_machine_gets_kernel_initrd_and_the_root_over_http_in_every_dialect()
    {
        await using var rig = await NetbootRig.StartAsync((_, o) => o with { Advertise = new Uri("http://192.0.2.1:5248/"), KernelParameters = "console=ttyS0" });
        await rig.Images.AddImageAsync("ubuntu", "noble", "20260309", Files, subarch: "ga-24.04", number: "24.04");
        rig.Assign(new BootAssignment
        {
            Machine = MacAddress.Parse(Mac), Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/24.04"), KernelParameters = "debug x=\"y z\"",
        });
        var root = "root=squash:http://192.0.2.1:5248/images/";
        var tail = "overlayroot=tmpfs overlayroot_cfgdisk=disabled console=ttyS0 debug x=\"y z\"";

        var ipxe = await rig.Http.GetStringAsync("ipxe.cfg-52%3A54%3A00%3Aaa%3Abb%3A01");
        ipxe.ShouldStartWith("#!ipxe\n");
        ipxe.ShouldContain("\nkernel /images/");
        ipxe.ShouldContain("initrd=boot-initrd nomodeset " + root);
        ipxe.ShouldContain("ip=::::52-54-00-aa-bb-01:BOOTIF:dhcp ip6=off ro " + tail + " BOOTIF=01-${mac:hexhyp} ||");

        var grub = await rig.Http.GetStringAsync("/grub/grub.cfg-" + Mac);
        grub.ShouldContain("  linux /images/");
        grub.ShouldContain("'nomodeset' '" + root);
        grub.ShouldContain("'console=ttyS0' 'debug' 'x=y z' BOOTIF=01-${net_default_mac}\n  initrd /images/");

        var pxelinux = await rig.Http.GetStringAsync("pxelinux.cfg/01-52-54-00-aa-bb-01");
        pxelinux.ShouldContain("  KERNEL http://192.0.2.1:5248/images/");
        pxelinux.ShouldContain("  APPEND nomodeset " + root);
        pxelinux.ShouldContain(tail + "\n  IPAPPEND 2\n");
    }

    [Fact]
    public async Task Without_an_assignment_there_is_a_menu_that_ends_at_the_disk()
    {
        await using var rig = await NetbootRig.StartAsync();
        await rig.Images.AddImageAsync("ubuntu", "noble", "20260309", Files, subarch: "ga-24.04", number: "24.04", title: "24.04 LTS");
        await rig.Images.AddImageAsync("custom", "golden", "20260310", [("root-dd.gz", "root-dd.gz", new byte[10])]);

        var ipxe = await rig.Http.GetStringAsync("ipxe.cfg-default-amd64");
        ipxe.ShouldContain("item entry1 Boot ubuntu/noble 20260309 ga-24.04 24.04 LTS\n");
        ipxe.ShouldContain("choose --timeout 30000 --default entry0 chosen && goto ${chosen} || goto entry0\n");
        ipxe.ShouldNotContain("golden"); // there is no installer here
        (await rig.Http.GetStringAsync("grub/grub.cfg-default-x86_64")).ShouldContain("menuentry 'Boot ubuntu/noble 20260309 ga-24.04 24.04 LTS' {");
        (await rig.Http.GetStringAsync("pxelinux.cfg/default")).ShouldContain("SAY   2  Boot ubuntu/noble 20260309 ga-24.04 24.04 LTS\n");
        (await rig.Http.GetAsync("/ipxe.cfg-" + Mac)).IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_on_the_machines_screen_and_tried_again()
    {
        await using var rig = await NetbootRig.StartAsync();
        rig.Assign(new BootAssignment { Machine = MacAddress.Parse(Mac), Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/noble") });

        foreach (var path in new[] { "/ipxe.cfg-" + Mac, "/grub/grub.cfg-" + Mac, "pxelinux.cfg/01-52-54-00-aa-bb-01" })
        {
            var script = await rig.Http.GetStringAsync(path);
            script.ShouldContain("ubuntu/noble for amd64 is assigned and this rack does not hold it.");
            script.ShouldContain("reboot");
        }

        (await rig.RecordAsync(r => r.Result == "failed")).Reason!.Code.ShouldBe("boot-image-not-held");
    }

    [Fact]
    public void No_text_of_a_stream_or_a_person_can_add_a_line_or_an_expansion_to_a_script()
    {
        var text = ArbMap.Default.GeneratorFor<string>().Or(
            Gen.Elements("${net0/mac}", "a b", "\"", "'", "\\", ";", "}", "{", "\n", "\r\nkernel evil", "$", "$(x)", "`x`", "||", "&&", "#", " #x", "é", "\u2028", "%s", "--", "'; reboot; '", "}\nmenuentry x {")
                .ListOf().Select(string.Concat));
        Prop.ForAll(Arb.From(text), Arb.From(text), (title, parameters) => Holds(title ?? "", parameters ?? "")).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static bool Holds(string title, string parameters)
    {
        var words = KernelWords.Parse(parameters);
        var plan = Plan(ScriptText.Title(title), words);
        var empty = Plan("Title", []);
        SameShape(IpxeScript.Write(plan, Wait), IpxeScript.Write(empty, Wait), extra: words.All(IpxeScript.CanSay) ? 0 : 1);
        SameShape(GrubScript.Write(plan, Wait), GrubScript.Write(empty, Wait), extra: 0);
        SameShape(PxelinuxScript.Write(plan, Wait, ""), PxelinuxScript.Write(empty, Wait, ""), extra: 0);

        // iPXE: the kernel line holds the one expansion that is ours, and no end of a command before ours.
        var kernel = IpxeScript.Write(plan, Wait).Split('\n').Single(l => l.StartsWith("kernel ", StringComparison.Ordinal));
        kernel.Split("${").Length.ShouldBe(2);
        kernel.Split(' ').Count(w => w is "||" or "&&").ShouldBe(1);
        kernel.Split(' ').ShouldNotContain(w => w.StartsWith('#'));

        // GRUB: outside of single quotes nothing of it is left.
        var linux = GrubScript.Write(plan, Wait).Split('\n').Single(l => l.StartsWith("  linux ", StringComparison.Ordinal));
        Unquoted(linux).Replace(" ", "", StringComparison.Ordinal).ShouldBe("linux/kernelBOOTIF=01-${net_default_mac}");
        GrubWords(linux).ShouldBe(["linux", "/kernel", .. words, "BOOTIF=01-${net_default_mac}"]);
        return true;
    }

    private static LinuxPlan Plan(string title, IReadOnlyList<string> words) => new(title)
    {
        Kernel = "/kernel", Initrd = "/initrd", Words = words, Mode = BootMode.Ephemeral, Image = "x", Needs = [],
    };

    private static void SameShape(string script, string expected, int extra)
    {
        static string[] Keywords(string text) => [.. text.Split('\n').Select(l => l.TrimStart().Split(' ')[0])];
        var (actual, wanted) = (Keywords(script), Keywords(expected));
        actual.Length.ShouldBe(wanted.Length + extra);
        if (extra == 0)
            actual.ShouldBe(wanted);
        script.ShouldNotContain("\r");
        script.ShouldNotContain("\0");
    }

    private static string Unquoted(string line)
    {
        var (text, inside) = (new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (!inside && line[i] == '\\')
                i++;
            else if (line[i] == '\'')
                inside = !inside;
            else if (!inside)
                text.Append(line[i]);
        }

        inside.ShouldBeFalse();
        return text.ToString();
    }

    // GRUB's manual, "Quoting": a backslash outside quotes keeps the next character, single quotes keep everything.
    private static List<string> GrubWords(string line)
    {
        var (words, word, inside, any) = (new List<string>(), new StringBuilder(), false, false);
        for (var i = 0; i < line.Length; i++)
        {
            if (inside)
            {
                if (line[i] == '\'')
                    inside = false;
                else
                    word.Append(line[i]);
            }
            else if (line[i] == '\'')
            {
                (inside, any) = (true, true);
            }
            else if (line[i] == '\\')
            {
                word.Append(line[++i]);
            }
            else if (line[i] == ' ')
            {
                if (any || word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else
            {
                word.Append(line[i]);
            }
        }

        words.Add(word.ToString());
        return words;
    }

    [Fact]
    public void Paths_in_scripts_hold_nothing_that_anything_could_evaluate()
    {
        ImagePaths.Plain("a b'\"${x};{}\n%2e|é").ShouldBe("a_b____x______2e__");
    }
}
