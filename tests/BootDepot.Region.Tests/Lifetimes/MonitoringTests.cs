using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>What a monitoring system reads, judged by Prometheus's own tool.</summary>
public sealed partial class MonitoringTests
{
    [Fact]
    public async Task Metrics_are_what_Prometheus_reads_and_rules_and_dashboard_name_only_what_is_there()
    {
        await using var f = await LifetimeFixture.CreateAsync();
        await f.ImportAsync();
        (await f.Region.SendAsync("GET", "/healthz")).Text.ShouldBe("ok\n");
        (await f.Region.SendAsync("GET", "/readyz")).Status.ShouldBe(200);
        var reply = await f.Region.SendAsync("GET", "/metrics");
        reply.ContentType.ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["metrics"], reply.Body);
        await Shell.RunAsync($"promtool check metrics < '{folder["metrics"]}'");
        reply.Text.ShouldContain("bootdepot_images 2\n");
        reply.Text.ShouldContain("bootdepot_storage_bytes{use=\"served\"} 8506\n");
        reply.Text.ShouldContain("area=\"other\",status=\"200\"");
        reply.Text.ShouldNotContain(f.Region.AdminKey.Secret);

        var docs = Path.Combine(Checkout.Root, "docs");
        await Shell.RunAsync($"promtool check rules '{docs}/monitoring/alerts.yml'");
        var dashboard = await File.ReadAllTextAsync(Path.Combine(docs, "monitoring", "dashboard.json"));
        JsonDocument.Parse(dashboard).RootElement.GetProperty("panels").GetArrayLength().ShouldBe(8);
        var known = Names().Matches(reply.Text).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var text in new[] { dashboard, await File.ReadAllTextAsync($"{docs}/monitoring/alerts.yml"), await File.ReadAllTextAsync($"{docs}/monitoring.md") })
            Names().Matches(text).Select(m => m.Value).ShouldBeSubsetOf(known);
    }

    [GeneratedRegex("bootdepot_[a-z_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
