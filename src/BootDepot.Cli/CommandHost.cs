using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace BootDepot.Cli;

/// <summary>
/// What a command has of the process around it. Only <see cref="Program"/> makes one from the real process; tests make
/// their own.
/// </summary>
internal sealed record CommandHost
{
    /// <summary>Base name the program was called by: <c>bootdepot</c>, or <c>maas</c> through a link.</summary>
    public required string ProgramName { get; init; }

    /// <summary>Bytes, not text: answers are passed on as they came.</summary>
    public required Stream Out { get; init; }

    public required TextWriter Error { get; init; }

    public required Stream In { get; init; }

    public bool IsOutTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    public bool IsInTerminal { get; init; }

    /// <summary>Where profiles are.</summary>
    public required string HomeFolder { get; init; }

    /// <summary>What relative paths are relative to.</summary>
    public required string WorkingFolder { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Asks for a secret without echo; null at the end of input.</summary>
    public Func<string, string?> ReadSecret { get; init; } = _ => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Interrupted { get; init; }

    public string ProfilePath => Path.Combine(HomeFolder, ".maascli.db");

    public string CertificateFolder => Path.Combine(HomeFolder, ".maascli.certs");

    public void WriteOut(string text)
    {
        Out.Write(System.Text.Encoding.UTF8.GetBytes(text));
        Out.Flush();
    }

    public string FullPath(string path) => Path.GetFullPath(path, WorkingFolder);
}
