using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>
/// Random interleavings of everything that makes, hides, deletes and checks versions, with the process killed between any two things
/// that it does to the disk, against a model that is a few lists in memory.
/// </summary>
/// <remarks>
/// <c>BOOTDEPOT_MODEL_STEPS=10000 BOOTDEPOT_MODEL_SEED=1 tests/BootDepot.Region.Tests/bin/Release/net10.0/BootDepot.Region.Tests
/// --filter-class '*LifetimeModelTests' --show-live-output on</c> runs ten thousand; the same seed chooses the same steps again.
/// </remarks>
public sealed class LifetimeModelTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task No_interleaving_loses_a_referenced_blob_keeps_an_orphan_or_parts_catalogue_and_model()
    {
        var steps = Number("BOOTDEPOT_MODEL_STEPS", 400);
        var seed = Number("BOOTDEPOT_MODEL_SEED", 20260309);
        var watch = Stopwatch.StartNew();
        using var folder = new TempFolder();
        await using var world = await LifetimeWorld.CreateAsync(folder, new Random(seed));
        for (var step = 0; step < steps; step++)
            await world.StepAsync($"seed {seed}, step {step}");
        await world.EndAsync($"seed {seed}, at the end");
        var text = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {steps} steps in {watch.Elapsed.TotalSeconds:0} s: {world.Count}");
        TestContext.Current.TestOutputHelper?.WriteLine(text);
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
