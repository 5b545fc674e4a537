namespace BootDepot.Catalog.Users;

/// <summary>What an API key may be used for. It never allows more than its user may do.</summary>
public enum KeyScope
{
    /// <summary>All that its user may do.</summary>
    All = 0,

    /// <summary>Looking only.</summary>
    ReadOnly = 1,

    /// <summary>What a rack needs: reading images and saying what it holds and what machines booted.</summary>
    Rack = 2,

    /// <summary>Looking, and uploading images.</summary>
    Upload = 3,
}
