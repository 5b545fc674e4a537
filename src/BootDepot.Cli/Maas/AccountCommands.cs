using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using BootDepot.Client;
using BootDepot.Client.Profiles;

namespace BootDepot.Cli.Maas;

/// <summary>login, logout, list, refresh, switch.</summary>
internal sealed class AccountCommands(CommandHost host, HelpText help)
{
    private static readonly CommandOption Insecure = CommandOption.Switch("do not check the server's certificate", "-k", "--insecure");
    private static readonly CommandOption CaCerts = CommandOption.Valued("FILE", "certificates of authorities to trust (PEM)", "--cacerts");
    private static readonly CommandOption ProfileName = CommandOption.Valued("NAME", "name of the profile; then the words are URL, USER and PASSWORD", "-p", "--profile-name");
    private static readonly CommandOption ApiKey = CommandOption.Valued("KEY", "API key, with --profile-name", "--apikey");
    private static readonly CommandOption Anonymous = CommandOption.Switch("without a key, with --profile-name", "--anonymous");

    public async Task<int> LoginAsync(List<string> words)
    {
        var text = help.Command("login", "[--cacerts FILE] [-k] PROFILE URL [CREDENTIALS]",
            "Log in to a server, and remember it under a profile name.\n\n"
            + "CREDENTIALS is an API key (consumer:token:secret), '-' to read it from standard input, or '' for anonymous use; without it the key is asked for.\n\n"
            + "With --profile-name the words are URL, USER and PASSWORD instead, and the server gives a key for them.",
            [CaCerts, Insecure, ProfileName, ApiKey, Anonymous]);
        var parted = Part(words, text, [CaCerts, Insecure, ProfileName, ApiKey, Anonymous]);
        if (parted is null)
            return 0;
        var request = parted.Has(ProfileName.Key) ? ByUser(parted, text) : ByKey(parted, text);
        var options = Tls(parted, request.Profile, out var pem);
        var key = await KeyAsync(request, options);
        var profile = await ConnectAsync(request, key, options, pem);
        using (var store = ProfileStore.Open(host.ProfilePath))
            store.Save(profile);
        host.WriteOut(Welcome(profile));
        return 0;
    }

    public int Logout(List<string> words)
    {
        var text = help.Command("logout", "PROFILE", "Forget a profile. Its key stays valid at the server.", []);
        var parted = Part(words, text, []);
        if (parted is null)
            return 0;
        if (parted.Rest.Count != 1)
            throw Count(parted, text, ["profile-name"]);
        if (!File.Exists(host.ProfilePath))
            throw CommandFailure.Usage(help.Top([]), $"[Errno 2] No such file or directory: '{host.ProfilePath}'");
        using var store = ProfileStore.Open(host.ProfilePath);
        store.Delete(parted.Rest[0]);
        if (File.Exists(CertificatePath(parted.Rest[0])))
            File.Delete(CertificatePath(parted.Rest[0]));
        return 0;
    }

    public int List(List<string> words)
    {
        var text = help.Command("list", "", "List the profiles: name, URL and key of each.", []);
        if (Part(words, text, []) is not { } parted)
            return 0;
        if (parted.Rest.Count > 0)
            throw CommandFailure.Usage(help.Top([]), "unrecognized arguments: " + string.Join(' ', parted.Rest));
        if (!File.Exists(host.ProfilePath))
            return 0;
        using var store = ProfileStore.Open(host.ProfilePath);
        foreach (var profile in store.Names.Select(store.Load))
            host.WriteOut(profile.Credentials is { } key ? $"{profile.Name} {profile.Url} {key.Reveal()}\n" : $"{profile.Name} {profile.Url}\n");
        return 0;
    }

    public async Task<int> RefreshAsync(List<string> words)
    {
        var text = help.Command("refresh", "", "Read the API descriptions of all profiles again, after an upgrade of a server.", [Insecure]);
        if (Part(words, text, [Insecure]) is not { } parted)
            return 0;
        if (parted.Rest.Count > 0)
            throw CommandFailure.Usage(help.Top([]), "unrecognized arguments: " + string.Join(' ', parted.Rest));
        if (!File.Exists(host.ProfilePath))
            return 0;
        using var store = ProfileStore.Open(host.ProfilePath);
        var fresh = new List<MaasProfile>();
        foreach (var profile in store.Names.Select(store.Load))
        {
            using var client = profile.Connect(new MaasClientOptions { DangerousAcceptAnyServerCertificate = parted.Has(Insecure.Key) });
            fresh.Add(profile with { Description = await DescribeAsync(client) });
        }

        fresh.ForEach(store.Save);
        return 0;
    }

    public int Switch(List<string> words)
    {
        var text = help.Command("switch", "PROFILE", "Choose the profile that bootdepot's own commands use where none is named.", []);
        if (Part(words, text, []) is not { } parted)
            return 0;
        if (parted.Rest.Count != 1)
            throw Count(parted, text, ["profile-name"]);
        using var store = ProfileStore.Open(host.ProfilePath);
        if (store.TryLoad(parted.Rest[0]) is null)
            throw CommandFailure.Usage(text,
                $"argument profile-name: invalid choice: '{parted.Rest[0]}' (choose from {string.Join(", ", store.Names.Select(n => $"'{n}'"))})");
        store.Default = parted.Rest[0];
        return 0;
    }

    private Words? Part(List<string> words, string text, CommandOption[] options)
    {
        var parted = Words.Part(words, [HelpText.HelpOption, .. options], message => CommandFailure.Usage(text, message));
        if (parted.Has(HelpText.HelpOption.Key))
        {
            host.WriteOut(text);
            return null;
        }

        if (parted.Unknown.Count > 0)
            throw CommandFailure.Usage(help.Top([]), "unrecognized arguments: " + string.Join(' ', parted.Unknown));
        return parted;
    }

    private CommandFailure Count(Words parted, string text, string[] names) => parted.Rest.Count < names.Length
        ? CommandFailure.Usage(text, "the following arguments are required: " + string.Join(", ", names.Skip(parted.Rest.Count)))
        : CommandFailure.Usage(help.Top([]), "unrecognized arguments: " + string.Join(' ', parted.Rest.Skip(names.Length)));

    private LoginRequest ByKey(Words parted, string text)
    {
        if (parted.Rest.Count is < 2 or > 3)
            throw Count(parted, text, parted.Rest.Count < 2 ? ["profile-name", "url"] : ["profile-name", "url", "credentials"]);
        return new LoginRequest(parted.Rest[0], Address(parted.Rest[1], text), parted.Rest.ElementAtOrDefault(2), null, null);
    }

    private LoginRequest ByUser(Words parted, string text)
    {
        if (parted.Rest.Count is < 1 or > 3)
            throw Count(parted, text, parted.Rest.Count < 1 ? ["url"] : ["url", "username", "password"]);
        var credentials = parted.Has(Anonymous.Key) ? "" : parted.ValueOrNull(ApiKey.Key);
        var user = parted.Rest.ElementAtOrDefault(1);
        var password = parted.Rest.ElementAtOrDefault(2);
        if (credentials is null && user is not null)
            password = password is null ? host.ReadSecret($"Password for {user}: ") : password == "-" ? ReadLine() : password;
        return new LoginRequest(parted.ValueOrNull(ProfileName.Key)!, Address(parted.Rest[0], text), credentials, user, password);
    }

    private static Uri Address(string url, string text)
    {
        try
        {
            return MaasUrl.Complete(url);
        }
        catch (ArgumentException e)
        {
            throw CommandFailure.Usage(text, $"argument url: '{url}' is not an absolute URL: http://HOST:5240/MAAS/ is needed", e);
        }
    }

    private MaasClientOptions Tls(Words parted, string profile, out string? pem)
    {
        pem = null;
        var insecure = parted.Has(Insecure.Key);
        if (parted.ValueOrNull(CaCerts.Key) is not { } file)
            return new MaasClientOptions { DangerousAcceptAnyServerCertificate = insecure };
        if (insecure)
            throw CommandFailure.Plain("Cannot use both --cacerts and --insecure.");
        pem = File.ReadAllText(host.FullPath(file));
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw CommandFailure.Plain($"Could not load the certificates of '{file}': {e.Message}", e);
        }

        if (authorities.Count == 0)
            throw CommandFailure.Plain($"Could not load the certificates of '{file}': it is not in PEM form.");
        Directory.CreateDirectory(host.CertificateFolder);
        File.WriteAllText(CertificatePath(profile), pem);
        return new MaasClientOptions { TrustedAuthorities = authorities };
    }

    private async Task<MaasApiKey?> KeyAsync(LoginRequest request, MaasClientOptions options)
    {
        if (request.User is not null && request.Credentials is null)
        {
            using var client = await MaasClient.LoginAsync(request.Url, request.User, request.Password, options, host.Interrupted);
            return client.ApiKey;
        }

        var typed = request.Credentials switch
        {
            "-" => ReadLine() ?? "",
            null => host.ReadSecret("API key (leave empty for anonymous access): ") ?? "",
            var given => given,
        };
        typed = typed.Trim();
        if (typed.Length == 0)
            return null;
        var parts = typed.Split(':');
        if (parts.Length != 3)
            // The original repeats what was typed; so does this, but not all of what may be most of a key.
            throw CommandFailure.Usage(help.Top([]),
                $"Malformed credentials string.  Expected 3 colon-separated items, got {(typed.Length <= 12 ? $"'{typed}'" : $"{parts.Length}")}.");
        return MaasApiKey.Parse(typed);
    }

    private string? ReadLine()
    {
        using var reader = new StreamReader(host.In, leaveOpen: true);
        return reader.ReadLine();
    }

    private async Task<MaasProfile> ConnectAsync(LoginRequest request, MaasApiKey? key, MaasClientOptions options, string? pem)
    {
        var url = request.Url;
        if (key is not null)
        {
            var status = await CheckAsync(url, key, options);
            // A 1.0 address of a server that has only 2.0: the same server, by today's API.
            if (status is HttpStatusCode.Gone or HttpStatusCode.NotFound && IsOld(url))
            {
                url = new Uri(url, "../2.0/");
                await host.Error.WriteLineAsync($"The server has no API 1.0 any more; using {url}");
                status = await CheckAsync(url, key, options);
            }

            if (status == HttpStatusCode.Unauthorized)
                throw CommandFailure.Plain("The MAAS server rejected your API key.");
            if (status != HttpStatusCode.OK)
                throw CommandFailure.Plain($"The MAAS server gave an unexpected response: {(int)status}");
        }

        using var client = new MaasClient(url, key, options);
        return new MaasProfile(request.Profile, url.AbsoluteUri, key, await DescribeAsync(client), pem);
    }

    private async Task<HttpStatusCode> CheckAsync(Uri url, MaasApiKey key, MaasClientOptions options)
    {
        using var client = new MaasClient(url, key, options);
        var call = IsOld(url)
            ? new MaasCall(HttpMethod.Get, "nodegroups/") { Operation = "list" }
            : new MaasCall(HttpMethod.Get, "users/") { Operation = "whoami" };
        return (await client.CallAsync(call, host.Interrupted)).StatusCode;
    }

    private static bool IsOld(Uri url) => url.AbsolutePath.EndsWith("/api/1.0/", StringComparison.Ordinal);

    private async Task<string> DescribeAsync(MaasClient client)
    {
        try
        {
            return (await client.GetDescriptionAsync(host.Interrupted)).GetRawText();
        }
        catch (MaasRemoteException e)
        {
            throw CommandFailure.Plain(e.Message, e);
        }
    }

    private string CertificatePath(string profile) => Path.Combine(host.CertificateFolder, Path.GetFileName(profile) + ".pem");

    private string Welcome(MaasProfile profile)
    {
        var program = host.ProgramName;
        string Paragraph(string text) => HelpText.Wrap(text, "", 70) + "\n\n";
        return "\n"
            + Paragraph($"You are now logged in to the MAAS server at {profile.Url} with the profile name '{profile.Name}'.")
            + Paragraph("For help with the available commands, try:")
            + $"  {program} {profile.Name} --help\n\n";
    }

    private sealed record LoginRequest(string Profile, Uri Url, string? Credentials, string? User, string? Password);
}
