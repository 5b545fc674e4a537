using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Streams;

/// <summary>A named part of what the region holds, published as a stream of its own.</summary>
public sealed class StreamView
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>Its name, which is part of its URL.</summary>
    public required string Name { get; set; }

    /// <summary>What it shows: texts of <c>BootDepot.Images.Selections.ViewRule</c>; an image that one of them takes is in it.</summary>
    public List<string> Images { get; set; } = [];

    /// <summary>Whether a token is needed to read it.</summary>
    public bool IsPrivate { get; set; }

    /// <summary>Whether what it takes is in no public stream: given only to who has a token of a private view that takes it.</summary>
    public bool IsExclusive { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When it last changed, its tokens aside.</summary>
    public DateTimeOffset Updated { get; set; }

    /// <summary>What opens it when it is private.</summary>
    public List<StreamViewToken> Tokens { get; } = [];
}

/// <summary>A secret by which a private view can be read, and nothing else.</summary>
public sealed class StreamViewToken
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The view.</summary>
    public int ViewId { get; set; }

    /// <summary>The view.</summary>
    public StreamView? View { get; set; }

    /// <summary>For whom it is, for people; one of that name per view.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the secret, which itself is kept nowhere.</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }
}
