using BootDepot.Catalog.Users;

namespace BootDepot.Region.Auth;

/// <summary>An authenticated, active user.</summary>
/// <param name="UserId">Primary key.</param>
/// <param name="Username">Sign-in name.</param>
/// <param name="IsAdmin">Administrator.</param>
/// <param name="Scope">What the credentials may be used for.</param>
internal sealed record Identity(int UserId, string Username, bool IsAdmin, KeyScope Scope = KeyScope.All);
