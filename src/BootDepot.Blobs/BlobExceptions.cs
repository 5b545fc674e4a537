using System;
using System.IO;

namespace BootDepot.Blobs;

/// <summary>The store has no room for more bytes. What was written before stays and can be gone on with.</summary>
public sealed class BlobSpaceException : IOException
{
    /// <summary>With the store's own words.</summary>
    public BlobSpaceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A partial has a writer already.</summary>
public sealed class PartialBusyException : IOException
{
    /// <summary>Names the partial.</summary>
    public PartialBusyException(PartialName name)
        : base($"The transfer {name} is being written by someone else; wait for it to end.")
    {
    }
}

/// <summary>The server that keeps the blobs does not answer, or refuses. What was written before stays.</summary>
public sealed class BlobsUnreachableException : IOException
{
    /// <summary>Code of a server that is away, or busy: that passes.</summary>
    public const string Away = "blobs-unreachable";

    /// <summary>Code of a server that answers, and does not take our credentials or has no such bucket or database: a person must act.</summary>
    public const string Refused = "blobs-refused";

    /// <summary>With the store's own words.</summary>
    public BlobsUnreachableException(string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = BlobRefusal.Is(inner) ? Refused : Away;
    }

    /// <summary>Which of the two.</summary>
    public string Code { get; init; }
}
