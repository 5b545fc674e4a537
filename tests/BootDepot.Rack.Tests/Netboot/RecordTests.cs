using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Netboot;
using BootDepot.Rack.Netboot.Install;
using BootDepot.Rack.Tests.Netboot.Rig;

namespace BootDepot.Rack.Tests.Netboot;

public sealed class RecordTests
{
    private static readonly MacAddress Machine = MacAddress.Parse("52:54:00:aa:bb:01");

    private static readonly (string, string, object)[] Files =
    [
        ("boot-kernel", "boot-kernel", Encoding.ASCII.GetBytes("kernel")),
        ("boot-initrd", "boot-initrd", Encoding.ASCII.GetBytes("initrd")),
        ("squashfs", "squashfs", Encoding.ASCII.GetBytes("squashfs")),
    ];

    [Fact]
    public async Task The_requests_of_a_boot_are_one_record_that_says_what_was_served_and_how_it_ended()
    {
        await using var rig = await NetbootRig.StartAsync();
        await rig.Images.AddImageAsync("ubuntu", "noble", "20260309", Files, subarch: "ga-24.04", number: "24.04");
        rig.Assign(new BootAssignment { Machine = Machine, Mode = BootMode.Ephemeral, Image = ImageName.Parse("ubuntu/noble") });

        await rig.Http.GetStringAsync("ipxe.cfg");
        var script = await rig.Http.GetStringAsync("ipxe.cfg-52-54-00-aa-bb-01");
        await rig.RecordAsync(r => r.Result == "booting");
        foreach (var path in Paths(script))
            await rig.Http.GetStringAsync(path);

        var record = await rig.RecordAsync(r => r.Result == "booted");
        record.Machine.ShouldBe(Machine);
        record.Address.ShouldBe("127.0.0.1");
        record.Mode.ShouldBe(BootMode.Ephemeral);
        record.Image.ShouldBe("ubuntu/noble 20260309");
        record.Steps.Select(s => s.Kind).ShouldBe(["script", "script", "kernel", "initrd", "root"], ignoreOrder: true);
        record.Steps.ShouldAllBe(s => s.Outcome == "served" && s.Protocol == "http" && s.Bytes > 0);
        record.Steps.Skip(2).ShouldAllBe(s => s.Digest != null);

        // Firmware that begins anew begins another record.
        await rig.Http.GetStringAsync("ipxe.cfg");
        await rig.Http.GetStringAsync("ipxe.cfg-52-54-00-aa-bb-01");
        rig.Records.Count.ShouldBe(2);

        // One that did not arrive before it began anew has failed, and says where it stopped.
        await rig.Http.GetStringAsync("ipxe.cfg");
        var stopped = await rig.RecordAsync(r => r.Result == "failed");
        stopped.Reason!.Code.ShouldBe("boot-chain-stopped");
        stopped.Steps.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_installed_machine_boots_its_disk_until_it_is_assigned_anew_also_after_a_restart_of_the_rack()
    {
        await using var rig = await NetbootRig.StartAsync(WithInstaller);
        await rig.Images.AddImageAsync("custom", "golden", "1", [("root-dd.gz", "root-dd.gz", new byte[10])]);
        var install = new BootAssignment { Machine = Machine, Mode = BootMode.Install, Image = ImageName.Parse("custom/golden"), Disk = "/dev/vda" };
        rig.Assign(install);

        var script = await rig.Http.GetStringAsync("ipxe.cfg-52-54-00-aa-bb-01");
        script.ShouldContain("bootdepot.type=root-dd.gz");
        script.ShouldContain("bootdepot.disk=/dev/vda");
        foreach (var path in Paths(script))
            (await rig.Http.GetAsync(path)).IsSuccessStatusCode.ShouldBeTrue(path);
        await rig.RecordAsync(r => r.Result == "installing");

        var report = new Uri(script.Split(' ').Single(w => w.StartsWith("bootdepot.report=", StringComparison.Ordinal))["bootdepot.report=".Length..]);
        (await PostAsync(rig, report + "x", "installed")).IsSuccessStatusCode.ShouldBeFalse();
        (await PostAsync(rig, report.ToString(), "writing")).IsSuccessStatusCode.ShouldBeTrue();
        (await PostAsync(rig, report.ToString(), "installed")).IsSuccessStatusCode.ShouldBeTrue();
        rig.Records.Single().Result.ShouldBe("installed");
        (await rig.Http.GetStringAsync("ipxe.cfg-52-54-00-aa-bb-01")).ShouldContain("sanboot");

        // What another process would read.
        var again = new InstallReports(rig.Folder["netboot"], rig.Assignments);
        again.Afterwards(Machine, install).Mode.ShouldBe(BootMode.Local);
        again.ReadOrNull(report.Segments[^1]).ShouldNotBeNull().Machine.ShouldBe(Machine);
        rig.Assign(install with { Mode = BootMode.Local });
        again.Sweep();
        rig.Assign(install);
        again.Afterwards(Machine, install).Mode.ShouldBe(BootMode.Install);
    }

    [Fact]
    public async Task A_failed_installation_is_a_failed_record_with_its_reason_and_the_machine_tries_again()
    {
        await using var rig = await NetbootRig.StartAsync(WithInstaller);
        await rig.Images.AddImageAsync("custom", "golden", "1", [("root-dd.gz", "root-dd.gz", new byte[10])]);
        rig.Assign(new BootAssignment { Mode = BootMode.Install, Image = ImageName.Parse("custom/golden") });

        var script = await rig.Http.GetStringAsync("pxelinux.cfg/default");
        var report = script.Split(' ', '\n').Single(w => w.StartsWith("bootdepot.report=", StringComparison.Ordinal))["bootdepot.report=".Length..];
        await PostAsync(rig, report, "failed", "install-disk", "no disk\nof 10 bytes");

        rig.Records.Single().Result.ShouldBe("failed");
        rig.Records.Single().Reason.ShouldBe(new Fault("install-disk", "no diskof 10 bytes"));
        (await rig.Http.GetStringAsync("pxelinux.cfg/default")).ShouldContain("bootdepot.image=");
    }

    private static NetbootOptions WithInstaller(NetbootRig rig, NetbootOptions options)
    {
        var folder = rig.Folder["installer"];
        System.IO.Directory.CreateDirectory(System.IO.Path.Combine(folder, "amd64"));
        System.IO.File.WriteAllText(System.IO.Path.Combine(folder, "amd64", "boot-kernel"), "installer kernel");
        System.IO.File.WriteAllText(System.IO.Path.Combine(folder, "amd64", "boot-initrd"), "installer initrd");
        return options with { InstallerFolder = folder };
    }

    private static Task<HttpResponseMessage> PostAsync(NetbootRig rig, string url, string state, string code = "", string reason = "") =>
        rig.Http.PostAsync(url, new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["state"] = state, ["code"] = code, ["reason"] = reason,
        }));

    // Every file that a script names.
    private static IEnumerable<string> Paths(string script) =>
        script.Split(' ', '\n').Select(w => w[(w.IndexOf("/images/", StringComparison.Ordinal) is var at and >= 0 ? at : w.Length)..]).Where(w => w.Length > 0);
}
