using System;

namespace BootDepot.Region.Auth;

/// <summary>A user, as far as others may know.</summary>
/// <param name="Username">Sign-in name.</param>
/// <param name="Email">Mail address; may be empty.</param>
/// <param name="IsAdmin">Administrator.</param>
/// <param name="IsActive">False when keys and password are refused.</param>
public sealed record UserFacts(string Username, string Email, bool IsAdmin, bool IsActive);

/// <summary>An API key.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="ConsumerKey">First part.</param>
/// <param name="TokenKey">Middle part: what the key is called when it is revoked or renamed.</param>
/// <param name="Secret">Third part; empty when it cannot be shown any more.</param>
/// <param name="Created">When it was made.</param>
public sealed record ApiKeyFacts(string Name, string ConsumerKey, string TokenKey, string Secret, DateTimeOffset Created)
{
    /// <summary>The three parts with colons between: what a client is given.</summary>
    public string Text => $"{ConsumerKey}:{TokenKey}:{Secret}";

    /// <summary>Without the secret, so that it stays out of logs.</summary>
    public override string ToString() => $"{Name} ({TokenKey})";
}
