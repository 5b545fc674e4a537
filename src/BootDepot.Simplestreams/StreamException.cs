using System;

namespace BootDepot.Simplestreams;

/// <summary>
/// A stream, a signature, a keyring or a path in one was refused. Nothing of what was refused may be used.
/// </summary>
public sealed class StreamException : Exception
{
    /// <summary>Refusal with a code of <see cref="StreamErrors"/> and a message for the person who can change it.</summary>
    public StreamException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>Stable, lower case with dashes; one of <see cref="StreamErrors"/>.</summary>
    public string Code { get; }
}
