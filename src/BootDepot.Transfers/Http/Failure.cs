using System;
using BootDepot.Images;

namespace BootDepot.Transfers.Http;

/// <summary>What a failure means for going on.</summary>
internal enum Remedy
{
    /// <summary>The same request may work later.</summary>
    Retry,

    /// <summary>This server will not give it; another may.</summary>
    OtherServer,

    /// <summary>The bytes that this server has are not the wanted ones; what was received of them is void.</summary>
    WrongBytes,

    /// <summary>No server can help.</summary>
    None,
}

/// <summary>A failed attempt.</summary>
/// <param name="Fault">For people.</param>
/// <param name="Remedy">For the engine.</param>
/// <param name="RetryAfter">How long the server asked to be left alone (RFC 9110, section 10.2.3).</param>
internal sealed record Failure(Fault Fault, Remedy Remedy, TimeSpan? RetryAfter = null)
{
    public static Failure Of(string code, Remedy remedy, string message) => new(new Fault(code, message), remedy);
}
