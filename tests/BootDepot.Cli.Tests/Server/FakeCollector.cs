using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BootDepot.Cli.Tests.Server;

/// <summary>A span as a collector gets it.</summary>
internal sealed record CollectedSpan(string Trace, string Id, string Parent, string Name, string Scope, IReadOnlyDictionary<string, string> Tags);

/// <summary>An OpenTelemetry collector that keeps what it is sent (OTLP over HTTP, opentelemetry-proto 1.x).</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly ConcurrentQueue<CollectedSpan> _spans = new();
    private readonly WebApplication _app;

    private FakeCollector(WebApplication app) => _app = app;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public IReadOnlyList<CollectedSpan> Spans => [.. _spans];

    /// <summary>All that came, as text in which every byte is one character.</summary>
    public string Everything => string.Join('\n', _bodies.Select(Encoding.Latin1.GetString));

    public static async Task<FakeCollector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new FakeCollector(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            collector._bodies.Enqueue(body.ToArray());
            if (http.Request.Path == "/v1/traces")
                collector.Keep(body.ToArray());
            http.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // trace_service.proto and trace.proto: request.resource_spans = 1, .scope_spans = 2, .scope = 1 (.name = 1), .spans = 2.
    private void Keep(byte[] request)
    {
        foreach (var scoped in Fields(request).Where(f => f.Number == 1).SelectMany(r => Fields(r.Bytes)).Where(f => f.Number == 2))
        {
            var parts = Fields(scoped.Bytes).ToList();
            var scope = Encoding.UTF8.GetString(Fields(parts.First(p => p.Number == 1).Bytes).First(f => f.Number == 1).Bytes);
            foreach (var span in parts.Where(p => p.Number == 2).Select(p => Fields(p.Bytes).ToList()))
            {
                string Hex(int number) => Convert.ToHexStringLower(span.FirstOrDefault(f => f.Number == number).Bytes ?? []);
                _spans.Enqueue(new CollectedSpan(Hex(1), Hex(2), Hex(4), Encoding.UTF8.GetString(span.First(f => f.Number == 5).Bytes), scope, Tags(span)));
            }
        }
    }

    // common.proto: KeyValue has key = 1, value = 2; of its values the texts = 1.
    private static Dictionary<string, string> Tags(IEnumerable<(int Number, byte[] Bytes)> span) => span.Where(f => f.Number == 9)
        .Select(f => Fields(f.Bytes).ToDictionary(p => p.Number, p => p.Bytes))
        .ToDictionary(
            pair => Encoding.UTF8.GetString(pair[1]),
            pair => Encoding.UTF8.GetString(Fields(pair[2]).FirstOrDefault(v => v.Number == 1).Bytes ?? []),
            StringComparer.Ordinal);

    // The wire format of protocol buffers: https://protobuf.dev/programming-guides/encoding/
    private static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var start = at;
            switch (key & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    start = at;
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7}.");
            }

            yield return ((int)(key >> 3), message[start..at]);
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
