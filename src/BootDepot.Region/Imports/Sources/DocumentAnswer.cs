using System;
using BootDepot.Images;

namespace BootDepot.Region.Imports.Sources;

/// <summary>What asking for a document came to.</summary>
internal abstract record DocumentAnswer
{
    private DocumentAnswer()
    {
    }

    /// <summary>It is as it was.</summary>
    public sealed record NotModified : DocumentAnswer;

    /// <summary>It came, and its signature is good where one is demanded.</summary>
    public sealed record Fetched(ReadOnlyMemory<byte> Text, string? SignedBy, string? ETag, string? LastModified) : DocumentAnswer;

    /// <summary>It did not come, or may not be used.</summary>
    public sealed record Failed(Fault Fault) : DocumentAnswer;
}
