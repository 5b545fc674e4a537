using System.Security.Cryptography.X509Certificates;

namespace BootDepot.Client.Profiles;

/// <summary>Clients from profiles.</summary>
public static class MaasClientProfiles
{
    extension(MaasClient)
    {
        /// <summary>A client for a stored profile; nothing is sent.</summary>
        /// <param name="name">Name of the profile; null: the default one.</param>
        /// <param name="options">How to talk to it; the profile's authorities are added where none are given.</param>
        /// <param name="storePath">File of the store; null: <see cref="ProfileStore.DefaultPath"/>.</param>
        /// <exception cref="MaasProfileNotFoundException">There is no such profile.</exception>
        public static MaasClient FromProfile(string? name = null, MaasClientOptions? options = null, string? storePath = null)
        {
            using var store = ProfileStore.Open(storePath);
            name ??= store.Default ?? throw new MaasProfileNotFoundException("(default)");
            return Connect(store.Load(name), options);
        }
    }

    /// <summary>A client for this profile; nothing is sent.</summary>
    public static MaasClient Connect(this MaasProfile profile, MaasClientOptions? options = null)
    {
        options ??= new MaasClientOptions();
        if (profile.CaCertificates is { } pem && options.TrustedAuthorities is null)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            options = options with { TrustedAuthorities = authorities };
        }

        return new MaasClient(MaasUrl.Complete(profile.Url), profile.Credentials, options);
    }
}
