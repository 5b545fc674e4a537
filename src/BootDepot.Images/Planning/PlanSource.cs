using System.Collections.Generic;
using BootDepot.Images.Products;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Planning;

/// <summary>A source as an import found it.</summary>
/// <param name="Id">Its key in the catalogue.</param>
/// <param name="Priority">Of two that offer an image the higher wins; then the lower id.</param>
/// <param name="IsEnabled">A disabled source offers nothing, but what came from it stays.</param>
/// <param name="IsWhollyRead">
/// Every document was read and verified. If not, what is missing from <paramref name="Images"/> may be there all the
/// same, so its absence proves nothing.
/// </param>
/// <param name="Selections">What is taken from it; none takes everything.</param>
/// <param name="Images">What it offers, as far as it was read.</param>
public sealed record PlanSource(
    int Id,
    int Priority,
    bool IsEnabled,
    bool IsWhollyRead,
    IReadOnlyList<SelectionRule> Selections,
    IReadOnlyList<OfferedImage> Images);
