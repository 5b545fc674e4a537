using System;

namespace BootDepot.Catalog.Users;

/// <summary>A browser that is signed in. The cookie's value is stored as a hash only.</summary>
public sealed class BrowserSession
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>SHA-256 of the cookie's value (32 random bytes, so a plain hash is enough); unique.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>Who signed in.</summary>
    public int UserId { get; set; }

    /// <summary>Who signed in.</summary>
    public User? User { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When it was last used, give or take some minutes.</summary>
    public DateTimeOffset LastUsed { get; set; }
}
