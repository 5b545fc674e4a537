using System;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>How a transfer ended.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="BytesAcknowledged">How many bytes of the file the client said it has.</param>
/// <param name="Duration">From the request's arrival to the end.</param>
/// <param name="Reason">In a sentence, when it was not served; what a client said last is quoted.</param>
public sealed record TftpCompletion(TftpOutcome Outcome, long BytesAcknowledged, TimeSpan Duration, string? Reason);

/// <summary>How a transfer ended, in a word.</summary>
public enum TftpOutcome
{
    /// <summary>The client acknowledged the last byte.</summary>
    Served,

    /// <summary>The client ended it: firmware does so when it only wanted to know the size.</summary>
    Aborted,

    /// <summary>It could not be ended: the client fell silent, the content could not be read, the server stopped.</summary>
    Failed,
}
