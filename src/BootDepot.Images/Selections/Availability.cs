using System;
using System.Collections.Generic;
using BootDepot.Images.Products;

namespace BootDepot.Images.Selections;

/// <summary>
/// What a source has for which machines: each product under its own sub-architecture and under every one that its
/// kernel serves.
/// </summary>
/// <remarks>
/// A product's own sub-architecture is always its own. <c>generic</c> is the kernel that the release shipped with. Any
/// other goes to the first product that serves it.
/// </remarks>
public sealed class Availability
{
    /// <summary>What boot loaders have in place of a kernel flavour.</summary>
    public const string BootloaderFlavor = "bootloader";

    private readonly Dictionary<Slot, OfferedImage> _slots = [];
    private readonly List<Slot> _order = [];

    private Availability()
    {
    }

    /// <summary>The rows, in the order in which the products come.</summary>
    public IEnumerable<AvailabilityRow> Rows
    {
        get
        {
            foreach (var slot in _order)
            {
                yield return new AvailabilityRow(
                    slot.Os, slot.Release, slot.Arch, slot.Subarch, slot.Flavor, slot.Label, _slots[slot]);
            }
        }
    }

    /// <summary>Builds the table of one source.</summary>
    public static Availability Of(IEnumerable<OfferedImage> images)
    {
        var table = new Availability();
        foreach (var image in images)
        {
            table.Put(image, image.Subarch, wins: IsOwner(image, image.Subarch));
            foreach (var subarch in image.Subarches)
            {
                if (subarch != image.Subarch)
                    table.Put(image, subarch, wins: subarch == KernelFlavors.Generic && image.IsReleaseKernel);
            }
        }

        return table;
    }

    /// <summary>The image that serves that machine sub-architecture among those like the given one.</summary>
    internal OfferedImage? ServingOrNull(OfferedImage like, string subarch) =>
        _slots.GetValueOrDefault(Slot.Of(like, subarch));

    private static bool IsOwner(OfferedImage image, string subarch) => image.Subarch == subarch;

    private void Put(OfferedImage image, string subarch, bool wins)
    {
        var slot = Slot.Of(image, subarch);
        if (!_slots.TryGetValue(slot, out var present))
            _order.Add(slot);
        else if (!wins || IsOwner(present, subarch))
            return;
        _slots[slot] = image;
    }

    private readonly record struct Slot(string Os, string Release, string Arch, string Subarch, string Flavor, string Label)
    {
        public static Slot Of(OfferedImage image, string subarch) => new(
            image.Os,
            image.Release,
            image.Key.Architecture.Arch,
            subarch,
            image.IsBootloader ? BootloaderFlavor : image.KernelFlavor ?? "",
            image.Label);

        public bool Equals(Slot other) =>
            Subarch == other.Subarch && Release == other.Release && Arch == other.Arch && Flavor == other.Flavor
            && Label == other.Label && Os == other.Os;

        public override int GetHashCode() => HashCode.Combine(Release, Arch, Subarch, Flavor);
    }
}

/// <summary>One row of what is available.</summary>
/// <param name="Os">Operating system; of a boot loader its own name.</param>
/// <param name="Release">Release; of a boot loader its type.</param>
/// <param name="Arch">Processor architecture.</param>
/// <param name="Subarch">Machine sub-architecture; <c>generic</c> for boot loaders.</param>
/// <param name="KernelFlavor">Kernel flavour; empty when there is none; <c>bootloader</c> for boot loaders.</param>
/// <param name="Label">Label.</param>
/// <param name="Image">What serves it.</param>
public sealed record AvailabilityRow(
    string Os, string Release, string Arch, string Subarch, string KernelFlavor, string Label, OfferedImage Image);
