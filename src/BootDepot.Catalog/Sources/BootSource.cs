using System;
using System.Collections.Generic;

namespace BootDepot.Catalog.Sources;

/// <summary>Where images come from: the URL of a stream and the keyring that must have signed it.</summary>
public sealed class BootSource
{
    /// <summary>Primary key.</summary>
    public int Id { get; set; }

    /// <summary>The mirror's base URL, as the operator wrote it.</summary>
    public required string Url { get; set; }

    /// <summary>Unique name; the URL when none was given.</summary>
    public required string Name { get; set; }

    /// <summary>Higher wins when two sources offer the same image.</summary>
    public int Priority { get; set; }

    /// <summary>A disabled source is not asked; what came from it stays.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Documents are used without a signature.</summary>
    public bool SkipKeyringVerification { get; set; }

    /// <summary>Path of the keyring on the region; empty when <see cref="KeyringData"/> is used.</summary>
    public string KeyringFilename { get; set; } = "";

    /// <summary>The keyring itself; empty when <see cref="KeyringFilename"/> is used.</summary>
    public byte[] KeyringData { get; set; } = [];

    /// <summary>Base URLs of further mirrors of the same stream, asked in this order when the source's own fails.</summary>
    public List<string> Mirrors { get; set; } = [];

    /// <summary>URL of the proxy for this source only; <c>direct</c> for none; null: as the settings say.</summary>
    public string? Proxy { get; set; }

    /// <summary>Certificate authorities (PEM) that this source's servers may use besides the system's; null for none.</summary>
    public string? CertificateAuthorities { get; set; }

    /// <summary>Path, on the region, of a PEM file with the certificate and key that this source's servers want; null for none.</summary>
    public string? ClientCertificateFile { get; set; }

    /// <summary>When the source was added.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When the operator last changed it.</summary>
    public DateTimeOffset Updated { get; set; }

    /// <summary>When its stream was last asked for; null if never.</summary>
    public DateTimeOffset? CheckedAt { get; set; }

    /// <summary>When its stream was last read and verified; null if never.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }

    /// <summary>Fingerprint of the key that signed the index last read; null when unsigned or never read.</summary>
    public string? SignedBy { get; set; }

    /// <summary>Code of what was wrong at the last check; null when it was fine.</summary>
    public string? ProblemCode { get; set; }

    /// <summary>The same in words.</summary>
    public string? ProblemMessage { get; set; }

    /// <summary>What is taken from it.</summary>
    public List<BootSourceSelection> Selections { get; } = [];
}
