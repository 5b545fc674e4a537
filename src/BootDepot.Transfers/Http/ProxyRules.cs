using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace BootDepot.Transfers.Http;

/// <summary>Which requests go through the proxy, and with which credentials.</summary>
internal sealed class ProxyRules(Uri proxy, IReadOnlyList<string> exceptions) : IWebProxy
{
    private readonly Uri _proxy = new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;

    public ICredentials? Credentials { get; set; } = UrlSecrets.CredentialOrNull(proxy);

    /// <summary>Without user name and password: for messages.</summary>
    public string Name => UrlSecrets.Show(_proxy);

    public static Uri? ParseProxyOrNull(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    public static bool IsRule(string rule)
    {
        rule = rule.Trim();
        if (rule == "*" || IPNetwork.TryParse(rule, out _) || IPAddress.TryParse(rule.Trim('[', ']'), out _))
            return true;
        return Uri.CheckHostName(rule.TrimStart('.')) == UriHostNameType.Dns;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : _proxy;

    public bool IsBypassed(Uri host) => exceptions.Any(rule => Matches(rule.Trim(), host.IdnHost.Trim('[', ']')));

    private static bool Matches(string rule, string host)
    {
        if (rule == "*")
            return true;
        if (IPAddress.TryParse(host, out var address))
        {
            return IPNetwork.TryParse(rule, out var network)
                ? network.Contains(address)
                : IPAddress.TryParse(rule.Trim('[', ']'), out var other) && other.Equals(address);
        }

        var name = rule.TrimStart('.');
        return host.Equals(name, StringComparison.OrdinalIgnoreCase)
            || (host.Length > name.Length
                && host[host.Length - name.Length - 1] == '.'
                && host.EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }
}
