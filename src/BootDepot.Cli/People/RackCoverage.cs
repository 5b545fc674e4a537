using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client;
using BootDepot.Images;

namespace BootDepot.Cli.People;

/// <summary>
/// What each rack has of a region's images. A region of ours says how far every copy is (<c>racks/</c>); MAAS says only what is
/// whole (<c>rackcontrollers/</c>).
/// </summary>
internal sealed record RackCoverage(IReadOnlyList<RackView> Racks)
{
    private const int RequestsAtOnce = 8;
    private const int NamedAtMost = 3;

    public int Synced => Racks.Count(r => r.Status == RackCopy.Whole);

    /// <summary>How many racks hold that image.</summary>
    public int Holding(string name, string architecture) => Racks.Count(r => r.StateOf(name, architecture).IsWhole);

    /// <summary>For people: on how many racks an image is, and how it stands on the others.</summary>
    public string Text(string name, string architecture)
    {
        var others = Racks.Select(r => (r.Name, Copy: r.StateOf(name, architecture))).Where(r => !r.Copy.IsWhole).ToList();
        var count = FormattableString.Invariant($"{Racks.Count - others.Count} of {Racks.Count}");
        if (others.Count == 0)
            return count;
        var named = string.Join(", ", others.Take(NamedAtMost).Select(r => $"{r.Name} {r.Copy.Text}"));
        return $"{count} ({named}{(others.Count > NamedAtMost ? ", …" : "")})";
    }

    /// <summary>For scripts: how an image stands on each rack.</summary>
    public void Write(Utf8JsonWriter json, string name, string architecture)
    {
        json.WriteStartArray("racks");
        foreach (var rack in Racks)
        {
            var copy = rack.StateOf(name, architecture);
            json.WriteStartObject();
            json.WriteString("name", rack.Name);
            json.WriteString("state", copy.State);
            json.WriteNumber("bytes_held", copy.BytesHeld);
            json.WriteNumber("bytes", copy.Bytes);
            if (copy.Reason is { } reason)
                json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static async Task<RackCoverage> ReadAsync(MaasClient client, CancellationToken cancel)
    {
        var call = new MaasCall(HttpMethod.Get, "racks/");
        var answer = await client.CallAsync(call, cancel);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return await EachAsync(await client.Racks.ListAsync(cancel), (rack, token) => OfMaasAsync(client, rack, token), cancel);
        using var racks = JsonDocument.Parse(Connection.Ensure(call, answer).Content);
        var ids = racks.RootElement.EnumerateArray().Select(r => r.GetProperty("system_id").GetString()!).ToList();
        return await EachAsync(ids, (id, token) => OfRegionAsync(client, id, token), cancel);
    }

    private static async Task<RackCoverage> EachAsync<T>(
        IReadOnlyList<T> racks, Func<T, CancellationToken, Task<RackView?>> read, CancellationToken cancel)
    {
        var views = new RackView?[racks.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, racks.Count, options, async (i, token) => views[i] = await read(racks[i], token));
        return new RackCoverage([.. views.OfType<RackView>()]);
    }

    private static async Task<RackView?> OfMaasAsync(MaasClient client, Client.Rack rack, CancellationToken cancel)
    {
        var held = await client.Racks.ListBootImagesAsync(rack.SystemId, cancel);
        return new RackView(rack.Hostname, held.Status, held.Connected, null,
            [.. held.Images.Select(i => new RackCopy(i.Name, i.Architecture, RackCopy.Whole, 0, 0, null))]);
    }

    private static async Task<RackView?> OfRegionAsync(MaasClient client, string id, CancellationToken cancel)
    {
        var call = new MaasCall(HttpMethod.Get, $"racks/{Uri.EscapeDataString(id)}/");
        var answer = await client.CallAsync(call, cancel);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null; // removed in the meantime
        using var document = JsonDocument.Parse(Connection.Ensure(call, answer).Content);
        var rack = document.RootElement;
        return new RackView(
            rack.GetProperty("name").GetString()!, rack.GetProperty("status").GetString()!, rack.GetProperty("connected").GetBoolean(),
            rack.GetProperty("message").GetString(),
            [
                .. rack.GetProperty("images").EnumerateArray().Select(i => new RackCopy(
                    i.GetProperty("name").GetString()!, i.GetProperty("architecture").GetString()!, i.GetProperty("state").GetString()!,
                    i.GetProperty("bytes_held").GetInt64(), i.GetProperty("bytes").GetInt64(), i.GetProperty("message").GetString())),
            ]);
    }
}

/// <summary>A rack, and how its copies of the images stand.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Status"><c>synced</c>, <c>syncing</c>, <c>region-importing</c>, <c>out-of-sync</c> or <c>unknown</c>.</param>
/// <param name="Connected">Whether the region hears of it.</param>
/// <param name="Reason">What is wrong with the rack as a whole; null for nothing.</param>
/// <param name="Copies">One for each image that it is to have.</param>
internal sealed record RackView(string Name, string Status, bool Connected, string? Reason, IReadOnlyList<RackCopy> Copies)
{
    public RackCopy StateOf(string name, string architecture) =>
        Copies.FirstOrDefault(c => c.IsOf(name) && c.IsFor(architecture)) ?? new RackCopy(name, architecture, "absent", 0, 0, null);
}

/// <summary>How an image stands on a rack.</summary>
/// <param name="Name">Name of the image.</param>
/// <param name="Architecture"><c>arch/subarch</c>; from MAAS <c>arch</c> alone.</param>
/// <param name="State"><c>synced</c>, <c>syncing</c>, <c>waiting</c>, <c>failed</c>, <c>on-demand</c>, or <c>absent</c> when the rack does not know of it.</param>
/// <param name="BytesHeld">Bytes that are there.</param>
/// <param name="Bytes">Bytes of the whole; 0 when unknown.</param>
/// <param name="Reason">Why it does not go on; null for nothing.</param>
internal sealed record RackCopy(string Name, string Architecture, string State, long BytesHeld, long Bytes, string? Reason)
{
    public const string Whole = "synced";

    public bool IsWhole => State == Whole;

    public string Text => State == "syncing" && Bytes > 0
        ? FormattableString.Invariant($"{State} {Math.Min(99, BytesHeld * 100 / Bytes)} %")
        : State;

    /// <summary>An upload without an operating system in its name is one of <c>custom</c> on racks.</summary>
    public bool IsOf(string name) =>
        Name == name || (ImageName.TryParse(name, out var bare) && bare.IsBare && Name == $"{bare.Os}/{bare.Release}");

    public bool IsFor(string architecture) =>
        Architecture == architecture || architecture.StartsWith(Architecture + "/", StringComparison.Ordinal);
}
