using System;
using System.Collections.Generic;
using System.Linq;

namespace BootDepot.Cli.Server.Configuration;

/// <summary>Something that can be configured.</summary>
/// <param name="Name">In a file, with dots for levels: <c>blobs.s3.bucket</c>.</param>
/// <param name="Meaning">For the documentation and for messages.</param>
/// <param name="IsList">Whether it has several values.</param>
/// <param name="IsSecret">Whether its value must not be shown.</param>
internal sealed record ConfigurationKey(string Name, string Meaning, bool IsList = false, bool IsSecret = false)
{
    /// <summary>All there are.</summary>
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        new("data", "Data directory."),
        new("listen", "URL to listen on, such as http://[::]:5240."),
        new("tls.listen", "https URL to listen on as well, such as https://[::]:5443."),
        new("tls.certificate", "PEM file with the certificate for it, and those that lead to its authority. Read again when it changed."),
        new("tls.key", "PEM file with the certificate's private key."),
        new("database", "PostgreSQL that holds the catalogue: Host=…;Database=…;Username=…;Password=… or postgresql://user:password@host/database. Without it: SQLite in the data directory.", IsSecret: true),
        new("blobs.store", "Where image bytes are: files (of the data directory), s3 or postgresql."),
        new("blobs.peers", "URLs of the other regions that share the database and keep files of their own; what they have is copied here.", IsList: true),
        new("blobs.database", "PostgreSQL that holds the bytes, when it is not the catalogue's.", IsSecret: true),
        new("blobs.s3.endpoint", "URL of the S3 server; without it: Amazon's of the region."),
        new("blobs.s3.bucket", "Bucket, which must exist."),
        new("blobs.s3.prefix", "What all keys begin with, ending with a slash."),
        new("blobs.s3.region", "Region that requests are signed for."),
        new("blobs.s3.path-style", "true: http://server/bucket/key; false: http://bucket.server/key."),
        new("blobs.s3.redirect", "true: downloads of images are sent to the S3 server by a signed URL; false: the region serves them."),
        new("blobs.s3.access-key", "Access key; without it: AWS_ACCESS_KEY_ID, ~/.aws/credentials or the machine's role."),
        new("blobs.s3.secret-key", "Secret of the access key.", IsSecret: true),
        new("limits.requests-per-second", "Requests a second that one user, or one address without a key, may keep up at the API; 0 for no limit."),
        new("auto-import", "Whether imports run by themselves, as the settings say."),
        new("default-source", "On the first start: whether to begin with a boot source."),
        new("source", "On the first start: the boot source to begin with, in place of images.maas.io."),
        new("source-keyring", "Keyring that must have signed it."),
        new("ca", "PEM files with certificate authorities that sources may use besides the system's.", IsList: true),
        new("no-proxy", "Hosts reached without the proxy of the setting http_proxy.", IsList: true),
    ];

    /// <summary>In the environment: <c>BOOTDEPOT_BLOBS_S3_BUCKET</c>.</summary>
    public string Variable => "BOOTDEPOT_" + Name.Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>The key of that name; null when there is none.</summary>
    public static ConfigurationKey? FindOrNull(string name) => All.FirstOrDefault(k => k.Name == name);

    /// <summary>The key that was probably meant; null when none is near.</summary>
    public static string? NearestOrNull(string name) =>
        All.Select(k => (k.Name, Distance: Distance(k.Name, name))).Where(k => k.Distance <= 3).OrderBy(k => k.Distance).Select(k => k.Name).FirstOrDefault();

    // Levenshtein's.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
