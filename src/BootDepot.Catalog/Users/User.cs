using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Users;

/// <summary>Someone who may sign in or hold API keys.</summary>
public sealed class User
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>Unique sign-in name.</summary>
    public required string Username { get; set; }

    /// <summary>Mail address; may be empty.</summary>
    public string Email { get; set; } = "";

    /// <summary>Hash of the password; null when the user has keys only.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Administrator.</summary>
    public bool IsSuperuser { get; set; }

    /// <summary>An inactive user's keys and password are refused.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>When the user was added.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>The user's API keys.</summary>
    public List<ApiKey> ApiKeys { get; } = [];
}
