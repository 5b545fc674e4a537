using System;
using System.Collections.Generic;
using System.Globalization;
using Npgsql;

namespace BootDepot.Catalog.Postgres;

/// <summary>Reads how to reach a PostgreSQL server, in the driver's form or as a URL.</summary>
internal static class PostgresConnections
{
    /// <summary>
    /// Connections of one process at most, when the text does not say: two or three regions stay below the 100 that a server
    /// takes by default.
    /// </summary>
    private const int PoolSize = 32;

    /// <summary>
    /// Reads <c>Host=…;Database=…;Username=…</c> or <c>postgresql://user:password@host:port/database?sslmode=require</c>
    /// (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING).
    /// </summary>
    /// <exception cref="FormatException">It is neither, or names no host or database.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = text.Contains("://", StringComparison.Ordinal) ? OfUrl(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException or InvalidCastException)
        {
            throw new FormatException($"It is no PostgreSQL connection string: {e.Message}", e);
        }

        if (string.IsNullOrEmpty(builder.Host))
            throw new FormatException("It names no host. Say Host=…;Database=…;Username=…, or postgresql://user@host/database.");
        if (string.IsNullOrEmpty(builder.Database))
            throw new FormatException("It names no database. Say Host=…;Database=…;Username=…, or postgresql://user@host/database.");
        if (!builder.ShouldSerialize("Maximum Pool Size"))
            builder.MaxPoolSize = PoolSize;
        if (!builder.ShouldSerialize("Application Name"))
            builder.ApplicationName = "bootdepot";
        return builder;
    }

    /// <summary>Where it is, without password.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder connection) =>
        string.Create(CultureInfo.InvariantCulture, $"PostgreSQL database {connection.Database} at {connection.Host}:{connection.Port}");

    private static NpgsqlConnectionStringBuilder OfUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("postgresql" or "postgres"))
            throw new ArgumentException("The URL must begin with postgresql://.", nameof(text));
        var builder = new NpgsqlConnectionStringBuilder { Host = url.Host, Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')) };
        if (!url.IsDefaultPort && url.Port > 0)
            builder.Port = url.Port;
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (Uri.UnescapeDataString(pair.Split('=', 2)[0]), Uri.UnescapeDataString(pair.Split('=', 2)[^1]));
            // libpq's names where the driver's differ.
            builder[name switch { "sslmode" => "SSL Mode", "sslrootcert" => "Root Certificate", "application_name" => "Application Name", "connect_timeout" => "Timeout", "host" => "Host", "user" => "Username", "password" => "Password", "port" => "Port", "dbname" => "Database", _ => name }] =
                name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return builder;
    }
}
