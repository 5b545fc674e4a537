using System.Collections.Generic;

namespace BootDepot.FakeMaas;

public sealed class FakeSource
{
    public int Id { get; init; }
    public string Url { get; set; } = "";
    public string Name { get; set; } = "";
    public int Priority { get; set; } = 1;
    public bool Enabled { get; set; } = true;
    public bool SkipVerification { get; set; }
    public string KeyringFilename { get; set; } = "";
    public byte[] KeyringData { get; set; } = [];
    public List<FakeSelection> Selections { get; } = [];
}

public sealed class FakeSelection
{
    public int Id { get; init; }
    public string Os { get; set; } = "";
    public string Release { get; set; } = "";
    public List<string> Arches { get; set; } = [];
    public List<string> Subarches { get; set; } = [];
    public List<string> Labels { get; set; } = [];
}

public sealed class FakeResource
{
    public int Id { get; init; }
    public string Type { get; init; } = "Uploaded";
    public string Name { get; init; } = "";
    public string Architecture { get; init; } = "";
    public string? Title { get; set; }
    public string? BaseImage { get; set; }
    public string? Subarches { get; init; }
    public List<FakeSet> Sets { get; } = [];
}

public sealed class FakeSet
{
    public string Version { get; init; } = "";
    public string Label { get; init; } = "uploaded";
    public List<FakeFile> Files { get; } = [];
}

public sealed class FakeFile
{
    public int Id { get; init; }
    public string Filename { get; init; } = "";
    public string Filetype { get; init; } = "";
    public string Sha256 { get; init; } = "";
    public long Size { get; init; }
    public long Received { get; set; }
    public bool Complete { get; set; }

    /// <summary>The bytes, unless the test asked for counting only.</summary>
    public System.IO.MemoryStream Content { get; } = new();

    public System.Security.Cryptography.IncrementalHash Hash { get; set; } =
        System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);

    public double Progress => Size == 0 ? 0 : 100.0 * Received / Size;
}

/// <summary>What goes wrong with a chunk, decided by its number (the first is 0) and the times it was tried.</summary>
public enum ChunkFault
{
    None,

    /// <summary>503 with Retry-After: 0; nothing is kept.</summary>
    Busy,

    /// <summary>The connection is cut before anything is kept.</summary>
    CutBefore,

    /// <summary>Half of the chunk is kept, then the connection is cut.</summary>
    CutHalfway,

    /// <summary>All of the chunk is kept, but the reply is lost.</summary>
    LostReply,

    /// <summary>400: No space left on device.</summary>
    Full,

    /// <summary>507.</summary>
    InsufficientStorage,

    /// <summary>201 in place of 200.</summary>
    Created,
}
