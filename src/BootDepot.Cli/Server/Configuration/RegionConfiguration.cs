using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using BootDepot.Blobs.S3;
using BootDepot.Catalog;
using BootDepot.Cli.Output;
using BootDepot.Region;
using BootDepot.Region.Hosting;
using BootDepot.Region.Imports;
using BootDepot.Transfers.Http;

namespace BootDepot.Cli.Server.Configuration;

/// <summary>How a region is to run, read from a file, the environment and flags (the later wins), validated as a whole.</summary>
internal sealed record RegionConfiguration
{
    /// <summary>Read when nobody names a file and it is there.</summary>
    public const string DefaultFile = "/etc/bootdepot/bootdepot.yaml";

    private const int MaxRequestsPerSecond = 1_000_000;

    /// <summary>The data directory.</summary>
    public required string Data { get; init; }

    /// <summary>Where to listen.</summary>
    public required string Listen { get; init; }

    /// <summary>Where to listen with TLS as well.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The catalogue.</summary>
    public required CatalogOptions Catalog { get; init; }

    /// <summary>Where image bytes are.</summary>
    public required BlobStorage Blobs { get; init; }

    /// <summary>Requests a second that one caller of the API may keep up; 0 for no limit.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>Whether imports run by themselves.</summary>
    public bool AutoImport { get; init; } = true;

    /// <summary>What to begin with.</summary>
    public DefaultSource? DefaultSource { get; init; }

    /// <summary>How imports behave.</summary>
    public ImportOptions Imports { get; init; } = new();

    /// <summary>Reads it. Flags are pairs of a key and its values.</summary>
    /// <exception cref="CommandFailure"><c>configuration-invalid</c>: its message lists every mistake.</exception>
    public static RegionConfiguration Read(CommandHost host, string? file, IEnumerable<(string Key, IReadOnlyList<string> Texts, string Flag)> flags)
    {
        var values = new ConfigurationValues();
        file ??= host.Environment.GetValueOrDefault("BOOTDEPOT_CONFIG") is { Length: > 0 } named ? named : File.Exists(DefaultFile) ? DefaultFile : null;
        if (file is not null)
            values.AddFile(host.FullPath(file));
        values.AddEnvironment(host.Environment);
        foreach (var (key, texts, flag) in flags)
            values.Add(key, texts, flag);
        var read = Judge(host, values);
        if (values.Mistakes.Count > 0)
        {
            throw new CommandFailure(new(
                "configuration-invalid", $"the configuration has {(values.Mistakes.Count == 1 ? "a mistake" : $"{values.Mistakes.Count} mistakes")}:\n  {string.Join("\n  ", values.Mistakes)}"));
        }

        return read;
    }

    /// <summary>What the server is started with.</summary>
    public RegionOptions ToOptions() => new()
    {
        DataDirectory = Data, Url = Listen, Tls = Tls, Catalog = Catalog, Blobs = Blobs, AutoImport = AutoImport, DefaultSource = DefaultSource, Imports = Imports,
        RequestsPerSecond = RequestsPerSecond,
    };

    private static RegionConfiguration Judge(CommandHost host, ConfigurationValues values)
    {
        var data = host.FullPath(values.FindOrNull("data")?.Text ?? DataOption.Default(host));
        var listen = values.FindOrNull("listen")?.Text ?? "http://[::]:5240";
        if (!Uri.TryCreate(Named(listen), UriKind.Absolute, out var url) || url.Scheme != "http")
            values.Reject("listen", $"{listen} is no http URL, such as http://[::]:5240.{(url?.Scheme == "https" ? " For TLS: tls.listen." : "")}");
        var catalog = DatabaseOrNull(values, "database") ?? CatalogOptions.Sqlite(new DataFolder(data).Catalog);
        var noProxy = values.FindOrNull("no-proxy")?.Texts ?? ConfigurationValues.Split(host.Environment.GetValueOrDefault("no_proxy", ""));
        var ca = (values.FindOrNull("ca")?.Texts ?? []).Select(host.FullPath).ToList();
        foreach (var problem in new HttpSettings { CaFiles = [.. ca], NoProxy = [.. noProxy] }.Problems())
            values.Reject(problem.Message);
        return new RegionConfiguration
        {
            Data = data,
            Listen = listen,
            Tls = TlsOrNull(host, values),
            Catalog = catalog,
            Blobs = Storage(values, catalog),
            RequestsPerSecond = Number(values, "limits.requests-per-second", MaxRequestsPerSecond, new RegionOptions { DataDirectory = data }.RequestsPerSecond),
            AutoImport = Flag(values, "auto-import", ifUnsaid: true),
            DefaultSource = Source(host, values),
            Imports = new ImportOptions { CertificateFiles = ca, NoProxy = noProxy },
        };
    }

    private static TlsFiles? TlsOrNull(CommandHost host, ConfigurationValues values)
    {
        string[] keys = ["tls.listen", "tls.certificate", "tls.key"];
        var said = keys.Select(values.FindOrNull).ToList();
        if (said.TrueForAll(v => v is null))
            return null;
        foreach (var (name, _) in keys.Zip(said).Where(p => p.Second is null))
            values.Reject($"{name} is missing: tls.listen, tls.certificate and tls.key go together.");
        if (said[0] is { } listen && (!Uri.TryCreate(Named(listen.Text), UriKind.Absolute, out var url) || url.Scheme != "https"))
            values.Reject("tls.listen", $"{listen.Text} is no https URL, such as https://[::]:5443.");
        if (said is not [{ } address, { } certificate, { } key])
            return null;
        var tls = new TlsFiles(address.Text, host.FullPath(certificate.Text), host.FullPath(key.Text));
        if (tls.ProblemOrNull() is { } problem)
            values.Reject("tls.certificate", problem);
        return tls;
    }

    // A host for all addresses, as Kestrel takes it, is no name that a URL may have.
    private static string Named(string url) => url.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal);

    private static DefaultSource? Source(CommandHost host, ConfigurationValues values)
    {
        if (!Flag(values, "default-source", ifUnsaid: true))
            return null;
        if (values.FindOrNull("source")?.Text is not { } url)
            return new DefaultSource();
        if (!Uri.TryCreate(url, UriKind.Absolute, out _))
            values.Reject("source", $"{url} is no URL.");
        return new DefaultSource { Url = url, Name = url, Os = null, Keyrings = values.FindOrNull("source-keyring") is { } file ? [host.FullPath(file.Text)] : [] };
    }

    private static BlobStorage Storage(ConfigurationValues values, CatalogOptions catalog)
    {
        var store = values.FindOrNull("blobs.store")?.Text ?? "files";
        foreach (var key in ConfigurationKey.All.Where(k => k.Name.StartsWith("blobs.s3.", StringComparison.Ordinal) && store != "s3" && values.FindOrNull(k.Name) is not null))
            values.Reject(key.Name, $"means nothing while blobs.store is {store}.");
        if (store != "files" && values.FindOrNull("blobs.peers") is not null)
            values.Reject("blobs.peers", $"means nothing while blobs.store is {store}.");
        switch (store)
        {
            case "files":
                return new BlobStorage.InFiles { Peers = Peers(values, catalog) };
            case "postgresql" when (DatabaseOrNull(values, "blobs.database") ?? catalog) is { PostgresConnection: not null } database:
                return new BlobStorage.InPostgres(database);
            case "postgresql":
                values.Reject("blobs.store", "postgresql needs blobs.database, as the catalogue is not in PostgreSQL.");
                return new BlobStorage.InFiles();
            case "s3":
                return InS3(values);
            default:
                values.Reject("blobs.store", $"{store} is none of files, s3, postgresql.");
                return new BlobStorage.InFiles();
        }
    }

    private static ImmutableArray<Uri> Peers(ConfigurationValues values, CatalogOptions catalog)
    {
        if (values.FindOrNull("blobs.peers") is not { } said)
            return [];
        if (catalog.PostgresConnection is null)
            values.Reject("blobs.peers", "regions that copy from each other share a PostgreSQL database; say which by database.");
        var peers = ImmutableArray.CreateBuilder<Uri>();
        foreach (var text in said.Texts)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https"))
                peers.Add(url);
            else
                values.Reject("blobs.peers", $"{text} is no http or https URL, such as http://region-b.example:5240.");
        }

        return peers.ToImmutable();
    }

    private static BlobStorage.InS3 InS3(ConfigurationValues values)
    {
        string? Of(string key) => values.FindOrNull("blobs.s3." + key)?.Text;
        Uri? endpoint = null;
        if (Of("endpoint") is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https")))
            values.Reject("blobs.s3.endpoint", $"{text} is no http or https URL.");
        if (Of("bucket") is null)
            values.Reject("blobs.s3.bucket is missing: blobs.store is s3.");
        if (Of("prefix") is { Length: > 0 } prefix && !prefix.EndsWith('/'))
            values.Reject("blobs.s3.prefix", $"{prefix} must end with a slash.");
        if (Of("access-key") is null != Of("secret-key") is null)
            values.Reject("blobs.s3.access-key and blobs.s3.secret-key go together: say both or neither.");
        return new BlobStorage.InS3(new S3Options
        {
            Endpoint = endpoint,
            Bucket = Of("bucket") ?? "",
            Prefix = Of("prefix") ?? "",
            Region = Of("region") ?? "us-east-1",
            PathStyle = Flag(values, "blobs.s3.path-style", ifUnsaid: endpoint is not null),
            Redirect = Flag(values, "blobs.s3.redirect", ifUnsaid: false),
            AccessKey = Of("access-key"),
            SecretKey = Of("secret-key"),
        });
    }

    private static CatalogOptions? DatabaseOrNull(ConfigurationValues values, string key)
    {
        if (values.FindOrNull(key) is not { } said)
            return null;
        try
        {
            return CatalogOptions.Postgres(said.Text);
        }
        catch (FormatException e)
        {
            values.Reject(key, e.Message);
            return null;
        }
    }

    private static int Number(ConfigurationValues values, string key, int most, int ifUnsaid)
    {
        if (values.FindOrNull(key) is not { } said)
            return ifUnsaid;
        if (!int.TryParse(said.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > most)
            values.Reject(key, string.Create(CultureInfo.InvariantCulture, $"{said.Text} is no whole number from 0 to {most}."));
        return value;
    }

    private static bool Flag(ConfigurationValues values, string key, bool ifUnsaid)
    {
        if (values.FindOrNull(key) is not { } said)
            return ifUnsaid;
        if (!bool.TryParse(said.Text, out var value))
            values.Reject(key, string.Create(CultureInfo.InvariantCulture, $"{said.Text} is neither true nor false."));
        return value;
    }
}
