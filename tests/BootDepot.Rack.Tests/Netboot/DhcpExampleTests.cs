using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Rack.Tests.Netboot;

/// <summary>What docs/netboot.md tells operators to write is read by the servers it is for.</summary>
public sealed class DhcpExampleTests
{
    [Theory]
    [InlineData("dnsmasq", "dnsmasq --test --conf-file=")]
    [InlineData("dhcpd", "/usr/sbin/dhcpd -t -cf ")]
    [InlineData("kea", "/usr/sbin/kea-dhcp4 -t ")]
    public async Task The_examples_for_dhcp_servers_are_valid(string language, string check)
    {
        var page = typeof(DhcpExampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NetbootPage").Value!;
        var lines = (await File.ReadAllLinesAsync(page, TestContext.Current.CancellationToken))
            .SkipWhile(l => l != "```" + language).Skip(1).TakeWhile(l => l != "```").ToList();
        lines.Count.ShouldBeGreaterThan(5);

        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder["example"], lines, TestContext.Current.CancellationToken);
        await Shell.RunAsync(check + folder["example"]);
    }
}
