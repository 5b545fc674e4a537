using System;

namespace BootDepot.Region.Api.Requests;

/// <summary>A body that cannot be read as a form, or is larger than the limits.</summary>
internal sealed class FormException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status of the answer: 400 or 413.</summary>
    public int Status { get; } = status;

    /// <summary>What MAAS says about a body it cannot read.</summary>
    public static FormException Malformed() => new(400, "Bad Request");

    /// <summary>Says which limit was passed.</summary>
    public static FormException TooLarge(string what, long limit) =>
        new(413, $"The request is too large: {what} may have at most {limit} bytes.");

    /// <summary>Too many fields.</summary>
    public static FormException TooMany(int limit) => new(400, $"The request has more than {limit} fields.");
}
