using System;

namespace BootDepot.Catalog.Users;

/// <summary>An API key <c>consumer:token:secret</c>. The secret is stored as a hash only.</summary>
public sealed class ApiKey
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>Its user.</summary>
    public int UserId { get; set; }

    /// <summary>Its user.</summary>
    public User? User { get; set; }

    /// <summary>Name for people, for example <c>ci@build01</c>.</summary>
    public required string Name { get; set; }

    /// <summary>First part.</summary>
    public required string ConsumerKey { get; set; }

    /// <summary>Middle part; unique.</summary>
    public required string TokenKey { get; set; }

    /// <summary>SHA-256 of the third part (32 random characters, so a plain hash is enough).</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>What it may be used for.</summary>
    public KeyScope Scope { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }
}
