using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using BootDepot.Cli.Output;
using BootDepot.Images;
using BootDepot.Rack.Hosting;
using BootDepot.Region.Observing;
using BootDepot.Transfers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BootDepot.Cli.Server;

/// <summary>
/// Sends traces and metrics of a server to an OpenTelemetry collector, when the standard variables name one
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Otherwise none of its code is loaded and nobody listens, so that no span is made.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private Telemetry(TracerProvider? traces, MeterProvider? metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Begins to send; null when nothing says where to.</summary>
    /// <param name="host">The process.</param>
    /// <param name="service">Name of the service, unless OTEL_SERVICE_NAME has another.</param>
    /// <exception cref="CommandFailure"><c>telemetry-invalid</c>.</exception>
    public static IDisposable? StartOrNull(CommandHost host, string service)
    {
        bool Has(string name) => host.Environment.TryGetValue(name, out var value) && value.Length > 0;
        bool Exports(string signal, string endpoint) =>
            (Has(Endpoint) || Has(endpoint)) && (!host.Environment.TryGetValue($"OTEL_{signal}_EXPORTER", out var exporter) || exporter is "" or "otlp");
        if (host.Environment.TryGetValue("OTEL_SDK_DISABLED", out var disabled) && disabled.Equals("true", StringComparison.OrdinalIgnoreCase))
            return null;
        var (traces, metrics) = (Exports("TRACES", TracesEndpoint), Exports("METRICS", MetricsEndpoint));
        return traces || metrics ? Start(host, service, traces, metrics) : null;
    }

    /// <summary>Sends what is left, for a few seconds at most.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // Not inlined, so that a server which sends nothing loads none of the libraries.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Telemetry Start(CommandHost host, string service, bool traces, bool metrics)
    {
        foreach (var name in new[] { Endpoint, TracesEndpoint, MetricsEndpoint })
        {
            if (host.Environment.TryGetValue(name, out var url) && url.Length > 0 && !(Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
                throw new CommandFailure(new Fault("telemetry-invalid", $"{name} has to be an http or https URL, not '{url}'."));
        }

        return new Telemetry(traces ? TracesOf(host, service) : null, metrics ? MetricsOf(host, service) : null);
    }

    private static TracerProvider TracesOf(CommandHost host, string service) => Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(s => s.AddSingleton(Variables(host)))
        .SetResourceBuilder(Resource(host, service))
        .AddSource(RegionTraces.Name, RackTraces.Name, TransferTraces.Name, "Npgsql")
        .AddOtlpExporter()
        .Build();

    private static MeterProvider MetricsOf(CommandHost host, string service) => Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(s => s.AddSingleton(Variables(host)))
        .SetResourceBuilder(Resource(host, service))
        .AddMeter(RegionTraces.Name, TransferTraces.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql")
        .AddOtlpExporter()
        .Build();

    private static ResourceBuilder Resource(CommandHost host, string service)
    {
        var version = typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var attributes = new Dictionary<string, object>(StringComparer.Ordinal);
        var listed = host.Environment.GetValueOrDefault("OTEL_RESOURCE_ATTRIBUTES", "");
        foreach (var pair in listed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(p => p.Split('=', 2)).Where(p => p.Length == 2))
            attributes[pair[0]] = Uri.UnescapeDataString(pair[1]);
        var name = host.Environment.GetValueOrDefault("OTEL_SERVICE_NAME", "");
        return ResourceBuilder.CreateEmpty()
            .AddService(name.Length > 0 ? name : service, serviceVersion: version)
            .AddTelemetrySdk()
            .AddAttributes(attributes);
    }

    // What the libraries would read from the process, from where everything else is read.
    private static IConfiguration Variables(CommandHost host) =>
        new ConfigurationBuilder().AddInMemoryCollection(host.Environment.Select(v => new KeyValuePair<string, string?>(v.Key, v.Value))).Build();
}
