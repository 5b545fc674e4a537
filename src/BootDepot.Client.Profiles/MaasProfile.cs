using System.Text.Json;

namespace BootDepot.Client.Profiles;

/// <summary>A server, a key and the server's description of its API, under a name. Prints without the secret.</summary>
/// <param name="Name">Name of the profile.</param>
/// <param name="Url">Address of the API.</param>
/// <param name="Credentials">Key; null for anonymous use.</param>
/// <param name="Description">What <c>describe/</c> said when the profile was made or refreshed, as JSON text.</param>
/// <param name="CaCertificates">Certificates of authorities to trust for this server (PEM); null: the system's.</param>
public sealed record MaasProfile(string Name, string Url, MaasApiKey? Credentials, string Description, string? CaCertificates = null)
{
    /// <summary>Whether it has no key.</summary>
    public bool IsAnonymous => Credentials is null;

    /// <summary>The description as JSON.</summary>
    public JsonDocument ParseDescription() => JsonDocument.Parse(Description);

    /// <inheritdoc />
    public override string ToString() => $"{Name} {Url}{(IsAnonymous ? " (anonymous)" : "")}";
}

/// <summary>There is no profile of that name.</summary>
public sealed class MaasProfileNotFoundException : MaasException
{
    internal MaasProfileNotFoundException(string name)
        : base($"Profile '{name}' not found.") => Name = name;

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }
}
