using System.Net;

namespace BootDepot.Rack.Netboot.Routing;

/// <summary>How a request came.</summary>
internal enum NetbootProtocol
{
    /// <summary>TFTP (RFC 1350).</summary>
    Tftp,

    /// <summary>HTTP, 1.0 or 1.1.</summary>
    Http,
}

/// <summary>What a machine asks for.</summary>
/// <param name="Path">Normalised by <see cref="RequestPath"/>.</param>
/// <param name="Client">Who asks.</param>
/// <param name="Protocol">By which way.</param>
internal sealed record NetbootRequest(string Path, IPAddress Client, NetbootProtocol Protocol)
{
    /// <summary>The client as records name it: an IPv4 address that came in IPv6 form is IPv4.</summary>
    public IPAddress Client { get; } = Client.IsIPv4MappedToIPv6 ? Client.MapToIPv4() : Client;
}
