using System;
using BootDepot.Catalog.Resources;

namespace BootDepot.Catalog.Uploads;

/// <summary>How far a conversion is.</summary>
public enum ConversionState
{
    /// <summary>Waits for its turn; also after a restart of the region.</summary>
    Queued = 0,

    /// <summary>At work.</summary>
    Running = 1,

    /// <summary>The result is held.</summary>
    Done = 2,

    /// <summary>It did not work; the fault says why.</summary>
    Failed = 3,

    /// <summary>Someone stopped it.</summary>
    Stopped = 4,
}

/// <summary>Makes one uploaded file into another type, in the background.</summary>
public sealed class Conversion
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The file that waits for the result; null when it is gone. Its digest is the source's until then.</summary>
    public int? FileId { get; set; }

    /// <summary>The file.</summary>
    public ResourceFile? File { get; set; }

    /// <summary>Digest of the source.</summary>
    public required string SourceSha256 { get; set; }

    /// <summary>Upload name of the type that it becomes.</summary>
    public required string Target { get; set; }

    /// <summary>Digest that names the result before it is made, so that it is made once.</summary>
    public required string Key { get; set; }

    /// <summary>How far it is.</summary>
    public ConversionState State { get; set; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? FaultCode { get; set; }

    /// <summary>The same in words.</summary>
    public string? FaultMessage { get; set; }

    /// <summary>Digest of the result; null until done.</summary>
    public string? ResultSha256 { get; set; }

    /// <summary>Bytes of the result; null until done.</summary>
    public long? ResultSize { get; set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When its state last changed.</summary>
    public DateTimeOffset Updated { get; set; }
}
