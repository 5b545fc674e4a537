using System;

namespace BootDepot.Cli.Maas;

/// <summary>Ends a command with a message and an exit code.</summary>
internal sealed class CommandFailure : Exception
{
    private CommandFailure(int exitCode, string message, string? help, Exception? inner)
        : base(message, inner)
    {
        ExitCode = exitCode;
        Help = help;
    }

    public int ExitCode { get; }

    /// <summary>Shown before the message.</summary>
    public string? Help { get; }

    /// <summary>A plain message, exit code 1: what was given or what was answered is not right.</summary>
    public static CommandFailure Plain(string message, Exception? inner = null) => new(1, message, null, inner);

    /// <summary>The help of the level that was reached, then the message; exit code 2.</summary>
    public static CommandFailure Usage(string help, string message, Exception? inner = null) => new(2, message, help, inner);

    /// <summary>A plain message, exit code 2: it was tried and did not work.</summary>
    public static CommandFailure Failed(string message, Exception? inner = null) => new(2, message, null, inner);
}
