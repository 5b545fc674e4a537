namespace BootDepot.Region.Api.Declarations;

/// <summary>Who may use an action, and what the others are told.</summary>
/// <param name="Name">MAAS's name of the permission, or our own word for one that has none.</param>
/// <param name="NeedsKey">False: anonymous requests are served.</param>
/// <param name="NeedsAdmin">Only administrators are served.</param>
/// <param name="LooksAtCredentials">
/// False: an Authorization header, good or bad, is not looked at (<c>describe/</c>, <c>version/</c>).
/// </param>
/// <param name="Refusal">Body of the 403 for a user with too few rights.</param>
internal sealed record ApiPermission(
    string Name, bool NeedsKey, bool NeedsAdmin, bool LooksAtCredentials, string Refusal)
{
    /// <summary>Everyone; credentials are not looked at.</summary>
    public static readonly ApiPermission Open = new("open", false, false, false, "");

    /// <summary>Everyone, but a signed request with a bad key is still refused (1.0 <c>nodegroups/?op=list</c>).</summary>
    public static readonly ApiPermission OpenUnlessBadKey = new("open-unless-bad-key", false, false, true, "");

    /// <summary>
    /// Racks, by keys of their own (RFC 6750), which are no users' keys and open nothing else; the endpoint looks at them itself.
    /// </summary>
    public static readonly ApiPermission Rack = new("rack", false, false, false, "");

    /// <summary>Every active user.</summary>
    public static readonly ApiPermission User = new("user", true, false, true, "");

    /// <summary>Administrators.</summary>
    public static readonly ApiPermission Admin =
        new("admin", true, true, true, "This method is reserved for admin users.");

    /// <summary>Reading sources and selections: every active user, as in MAAS 3.8.</summary>
    public static readonly ApiPermission ViewBootEntities = new("can_view_boot_entities", true, false, true, "");

    /// <summary>Changing sources, selections and images.</summary>
    public static readonly ApiPermission EditBootEntities = OfAdmins("can_edit_boot_entities");

    /// <summary>Changing settings.</summary>
    public static readonly ApiPermission EditConfigurations = OfAdmins("can_edit_configurations");

    /// <summary>Looking into racks.</summary>
    public static readonly ApiPermission ViewControllers = OfAdmins("can_view_controllers");

    /// <summary>Acting on racks.</summary>
    public static readonly ApiPermission EditControllers = OfAdmins("can_edit_controllers");

    /// <summary>What the 1.0 API says where only administrators may read.</summary>
    public static readonly ApiPermission AdminOfOldApi =
        new("admin-1.0", true, true, true, "User is not allowed access to this API.");

    private static ApiPermission OfAdmins(string name) =>
        new(name, true, true, true,
            $"User does not have permission to perform this operation. The user should have permission '{name}'");
}
