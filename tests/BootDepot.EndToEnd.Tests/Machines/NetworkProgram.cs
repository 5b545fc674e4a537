using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

[assembly: AssemblyFixture(typeof(SecretsAtTheEnd))]

namespace BootDepot.EndToEnd.Tests.Machines;

/// <summary>A program that runs in a <see cref="MachineNetwork"/> until it is ended; what it writes is kept.</summary>
public sealed class NetworkProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _lock = new();

    /// <summary>Takes over a process that has just been started with its outputs redirected.</summary>
    public NetworkProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
                return _output.ToString();
        }
    }

    /// <summary>Waits until it has written a text.</summary>
    public async Task UntilSaysAsync(string text)
    {
        var watch = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (HasEnded || watch.Elapsed > Patience)
                throw new InvalidOperationException($"It did not say '{text}'{(HasEnded ? " and is over" : "")}:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        SecretWatch.Read("a program", line ?? "");
        lock (_lock)
            _output.Append(line).Append('\n');
    }
}
