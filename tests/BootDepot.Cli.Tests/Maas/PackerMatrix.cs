using System.Linq;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>
/// The upload commands that packer-maas's templates tell users to type: table C1, one row each. The row of the older Windows branch,
/// which names the wrong type and makes an image that does not boot, has a test of its own.
/// </summary>
public static class PackerMatrix
{
    // produced file | name | title | filetype | base_image | architectures
    private static readonly string[] Rows =
    [
        "alma8.tar.gz|custom/alma8|Alma 8 Custom|tgz|rhel/8|amd64 arm64",
        "alma9.tar.gz|custom/alma9|Alma 9 Custom|tgz|rhel/9|amd64 arm64",
        "alma10.tar.gz|custom/alma10|Alma 10 Custom|tgz|rhel/10|amd64 arm64",
        "azurelinux.tar.gz|custom/cbl-mariner-2.0|CBL Mariner 2.0 Custom|tgz|rhel/8|amd64",
        "centos6.tar.gz|centos/6-custom|CentOS 6 Custom|tgz||amd64",
        "centos7.tar.gz|centos/7-custom|CentOS 7 Custom|tgz||amd64",
        "centos8.tar.gz|centos/8-custom|CentOS 8 Custom|tgz|centos/8|amd64",
        "centos8-stream.tar.gz|centos/8-stream-custom|CentOS 8 Stream Custom|tgz||amd64",
        "centos9-stream.tar.gz|custom/9-stream-custom|CentOS 9 Stream Custom|tgz|rhel/9|amd64",
        "debian-custom-cloudimg.tar.gz|custom/debian-10|Debian 10 Custom|tgz||amd64",
        "debian-custom-cloudimg.tar.gz|custom/debian-11|Debian 11 Custom|tgz||amd64",
        "debian-custom-cloudimg.tar.gz|custom/debian-12|Debian 12 Custom|tgz||amd64",
        "debian-custom-cloudimg.tar.gz|custom/debian-13|Debian 13 Custom|tgz||amd64",
        "fedora-server.tar.gz|custom/fedora-server|Fedora Server Custom|tgz|rhel/9|amd64 arm64",
        "ol8.tar.gz|ol/8.8|Oracle Linux 8.8|tgz||amd64",
        "ol9.tar.gz|ol/9.2|Oracle Linux 9.2|tgz||amd64",
        "openeuler.tar.gz|rhel/10|OpenEuler Custom|tgz||amd64 arm64",
        "rhel7.tar.gz|rhel/7-custom|RHEL 7 Custom|tgz||amd64",
        "rhel8.tar.gz|rhel/rhel8|RHEL 8 Custom|tgz||amd64 arm64",
        "rhel9.tar.gz|rhel/rhel9|RHEL 9 Custom|tgz||amd64 arm64",
        "rhel10.tar.gz|rhel/rhel10|RHEL 10 Custom|tgz||amd64 arm64",
        "rocky8.tar.gz|custom/rocky8|Rocky 8 Custom|tgz|rhel/8|amd64 arm64",
        "rocky9.tar.gz|custom/rocky9|Rocky 9 Custom|tgz|rhel/9|amd64 arm64",
        "rocky10.tar.gz|custom/rocky10|Rocky 10 Custom|tgz|rhel/10|amd64 arm64",
        "sles12.tar.gz|suse/sles12.5|SLES 12-SP5|tgz||amd64",
        "sles15.tar.gz|suse/sles15|SLES 15|tgz||amd64",
        "sles16.tar.gz|suse/sles16|SLES 16|tgz||amd64",
        "custom-cloudimg.tar.gz|custom/ubuntu-tgz|Ubuntu Custom TGZ|tgz||amd64",
        "custom-ubuntu.tar.gz|custom/ubuntu-tgz|Ubuntu Custom TGZ|tgz||amd64",
        "custom-ubuntu-lvm.dd.gz|custom/ubuntu-raw|Ubuntu Custom RAW|ddgz||amd64",
        "ubuntu-24.04-custom.tgz|custom/ubuntu-24.04|Ubuntu 24.04 Custom|tgz||amd64",
        "vmware-esxi.dd.gz|esxi/9|VMware ESXi 9.0|ddgz||amd64",
        "windows.dd.gz|windows/windows-server|Windows Server|ddgz||amd64",
        "xenserver8-lvm.dd.gz|custom/xenserver8|XenServer 8|ddgz|rhel/8|amd64",
        "win2012r2.tar.gz|windows/win2012r2|Windows 2012 R2|ddtgz||amd64",
    ];

    /// <summary>File, name, title, type, base image or empty, architecture.</summary>
    public static TheoryData<string, string, string, string, string, string> Commands { get; } = Read();

    private static TheoryData<string, string, string, string, string, string> Read()
    {
        var data = new TheoryData<string, string, string, string, string, string>();
        foreach (var row in Rows.Select(r => r.Split('|')))
        {
            foreach (var arch in row[5].Split(' '))
                data.Add(row[0], row[1], row[2], row[3], row[4], arch + "/generic");
        }

        return data;
    }
}
