namespace BootDepot.Region.Uploads;

/// <summary>What became of a chunk.</summary>
internal enum ChunkResult
{
    /// <summary>Appended, or held already; when it was the last, the file is complete.</summary>
    Taken,

    /// <summary>No such resource.</summary>
    NoResource,

    /// <summary>No such file in that resource.</summary>
    NoFile,

    /// <summary>The request had no body.</summary>
    NoData,

    /// <summary>Fewer bytes came than were announced; none of them count.</summary>
    Short,

    /// <summary>The resource came from a stream.</summary>
    NotAnUpload,

    /// <summary>All bytes are there already.</summary>
    Complete,

    /// <summary>More bytes than the file may have; none of them count.</summary>
    TooMuch,

    /// <summary>All bytes came and hash to something else; the upload starts again at byte 0.</summary>
    Mismatch,

    /// <summary>No room on the disk; none of the bytes count.</summary>
    NoSpace,

    /// <summary>Another request is writing this file.</summary>
    Busy,

    /// <summary>The range begins behind the present end; none of the bytes count.</summary>
    Gap,

    /// <summary>The bytes are not what they were declared to be; the first of them may have told.</summary>
    Refused,
}

/// <summary>The same with its details.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Received">Bytes held now, where that is known.</param>
/// <param name="Refusal">Why the bytes were refused.</param>
internal sealed record ChunkOutcome(ChunkResult Result, long? Received = null, UploadRefusal? Refusal = null);

/// <summary>Where a chunk belongs, for clients that say so.</summary>
/// <param name="First">Its first byte.</param>
/// <param name="Last">Its last byte.</param>
/// <param name="Size">Bytes of the whole file; null when the client does not say.</param>
internal sealed record ChunkRange(long First, long Last, long? Size)
{
    /// <summary>How many bytes it has.</summary>
    public long Length => Last - First + 1;
}
