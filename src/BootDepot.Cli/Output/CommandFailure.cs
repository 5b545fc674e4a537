using System;
using BootDepot.Images;

namespace BootDepot.Cli.Output;

/// <summary>Ends a command with a message for the person who typed it. Printed as one line on standard error.</summary>
public sealed class CommandFailure(Fault fault, int exitCode = CommandFailure.Failed) : Exception(fault.Message)
{
    /// <summary>Exit code of a command that could not do its work.</summary>
    public const int Failed = 2;

    /// <summary>What was wrong.</summary>
    public Fault Fault { get; } = fault;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
