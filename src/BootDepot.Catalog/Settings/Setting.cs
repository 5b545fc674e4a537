namespace BootDepot.Catalog.Settings;

/// <summary>One setting that an operator changed; those at their default have no row.</summary>
public sealed class Setting
{
    /// <summary>Name, for example <c>boot_images_auto_import</c>. Primary key.</summary>
    public required string Name { get; set; }

    /// <summary>Its value as JSON.</summary>
    public required string Value { get; set; }
}
