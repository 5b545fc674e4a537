using System;
using System.Collections.Generic;

namespace BootDepot.Images.Booting;

/// <summary>One machine's way from firmware to system, as a rack saw it: the requests of one chain, in order.</summary>
public sealed record BootRecord
{
    /// <summary>Identity, made by the rack.</summary>
    public required Guid Id { get; init; }

    /// <summary>The machine, as soon as a request told it.</summary>
    public MacAddress? Machine { get; init; }

    /// <summary>IP address it came from.</summary>
    public required string Address { get; init; }

    /// <summary>When its first request came.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its last request ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>What it booted (<c>ubuntu/noble 20260309</c>), as soon as a script named it.</summary>
    public string? Image { get; init; }

    /// <summary>What its assignment said.</summary>
    public BootMode? Mode { get; init; }

    /// <summary>
    /// How it ended: <c>booting</c> while requests come, <c>booted</c> when kernel and all that goes with it were served,
    /// <c>installing</c>, <c>installed</c>, <c>local</c>, <c>menu</c>, or <c>failed</c> with <see cref="Reason"/>.
    /// </summary>
    public required string Result { get; init; }

    /// <summary>Why it failed; else null.</summary>
    public Fault? Reason { get; init; }

    /// <summary>The requests, in order.</summary>
    public IReadOnlyList<BootStep> Steps { get => field ?? []; init; } = [];
}

/// <summary>One request of a chain.</summary>
/// <param name="At">When it began.</param>
/// <param name="Protocol"><c>tftp</c> or <c>http</c>.</param>
/// <param name="Path">What was asked for.</param>
/// <param name="Kind"><c>loader</c>, <c>script</c>, <c>kernel</c>, <c>initrd</c>, <c>root</c>, <c>image</c> or <c>other</c>.</param>
/// <param name="Digest">SHA-256 of the file served; null for scripts and misses.</param>
/// <param name="Bytes">Bytes sent.</param>
/// <param name="Outcome"><c>served</c>, <c>missing</c>, <c>aborted</c> or <c>failed</c>.</param>
public sealed record BootStep(
    DateTimeOffset At, string Protocol, string Path, string Kind, Digest? Digest, long Bytes, string Outcome);
